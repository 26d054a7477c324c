// The works that notebooks cite, once.

import {unknown} from "../check.js";

export const WORKS: Readonly<Record<string, string>> = {
  snasnet:
    "Kim, Li, Park, Venkatesha, Panda: Neural architecture search for spiking neural networks. ECCV 2022. [arXiv 2201.10355](https://arxiv.org/abs/2201.10355)",
  spikernel:
    "Putra, Shafique: SpiKernel: a kernel size exploration methodology for improving accuracy of the embedded spiking neural network systems. IEEE Embedded Systems Letters 17(3), 2025. [arXiv 2404.01685](https://arxiv.org/abs/2404.01685)",
  spikenas:
    "Putra, Shafique: SpikeNAS: a fast memory-aware neural architecture search framework for spiking neural network-based embedded AI systems. [arXiv 2402.11322](https://arxiv.org/abs/2402.11322)",
  spikenasBench:
    "Sun et al.: SpikeNAS-Bench: benchmarking NAS algorithms for spiking neural network architecture. IEEE Transactions on Artificial Intelligence. (Not the SpikeNAS of Putra and Shafique.)",
  naswot:
    "Mellor, Turner, Storkey, Crowley: Neural architecture search without training. ICML 2021. [arXiv 2006.04647](https://arxiv.org/abs/2006.04647)",
  spikingjelly:
    "Fang et al.: SpikingJelly: an open-source machine learning infrastructure platform for spike-based intelligence. Science Advances 9, 2023. [arXiv 2310.16620](https://arxiv.org/abs/2310.16620)",
  surrogate:
    "Neftci, Mostafa, Zenke: Surrogate gradient learning in spiking neural networks. IEEE Signal Processing Magazine 36, 2019. [arXiv 1901.09948](https://arxiv.org/abs/1901.09948)",
  plif: "Fang et al.: Incorporating learnable membrane time constant to enhance learning of spiking neural networks. ICCV 2021. [arXiv 2007.05785](https://arxiv.org/abs/2007.05785)",
  nir: "Pedersen et al.: Neuromorphic intermediate representation: a unified instruction set for interoperable brain-inspired computing. Nature Communications 15, 2024. [arXiv 2311.14711](https://arxiv.org/abs/2311.14711)",
  alif: "Bellec, Salaj, Subramoney, Legenstein, Maass: Long short-term memory and learning-to-learn in networks of spiking neurons. NeurIPS 2018. [arXiv 1803.09574](https://arxiv.org/abs/1803.09574)",
  stbp: "Wu, Deng, Li, Zhu, Shi: Spatio-temporal backpropagation for training high-performance spiking neural networks. Frontiers in Neuroscience 12, 2018. [arXiv 1706.02609](https://arxiv.org/abs/1706.02609)",
  dspike:
    "Li, Guo, Zhang, Deng, Hai, Gu: Differentiable spike: rethinking gradient-descent for training spiking neural networks. NeurIPS 2021.",
  bntt: "Kim, Panda: Revisiting batch normalization for training low-latency deep spiking neural networks from scratch. Frontiers in Neuroscience 15, 2021. [arXiv 2010.01729](https://arxiv.org/abs/2010.01729)",
  lite: "Liu, Yan, Zhang, Pan, Li: LitE-SNN: designing lightweight and efficient spiking neural network through spatial-temporal compressive network search and joint optimization. IJCAI 2024. [arXiv 2401.14652](https://arxiv.org/abs/2401.14652)",
  horowitz: "Horowitz: Computing's energy problem (and what we can do about it). ISSCC 2014.",
  receptiveField:
    "Luo, Li, Urtasun, Zemel: Understanding the effective receptive field in deep convolutional neural networks. NeurIPS 2016. [arXiv 1701.04128](https://arxiv.org/abs/1701.04128)",
  cifar: "Krizhevsky: Learning multiple layers of features from tiny images. Technical report, 2009.",
};

/** A Markdown list of the works by these names. */
export function references(...names: readonly string[]): string {
  return names
    .map((name) => {
      const text = WORKS[name];
      if (text === undefined) throw unknown("work", name, Object.keys(WORKS));
      return `* ${text}`;
    })
    .join("\n");
}
