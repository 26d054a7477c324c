// Conv2DBackpropFilter for tfjs's wasm backend, which lacks it, composed of what that backend has: dw is the convolution of x
// with dy where channels are the batch, the batch is the channels, and the stride is a dilation. The definition trains with it.

import {backend_util, conv2d, pad, registerKernel, slice, type Tensor4D, tidy, transpose} from "../../tf.js";

type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type FilterShape = [number, number, number, number];

export function registerFilterGradient(): void {
  registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: ({inputs, attrs}) => {
      const [x, dy] = [inputs.x as Tensor4D, inputs.dy as Tensor4D];
      const {strides, filterShape, dimRoundingMode} = attrs as unknown as {
        strides: number | [number, number];
        filterShape: FilterShape;
        dimRoundingMode: "floor" | "round" | "ceil" | undefined;
      };
      const shape = x.shape;
      const info = backend_util.computeConv2DInfo(
        shape,
        filterShape,
        strides,
        1,
        attrs!.pad as unknown as Padding,
        dimRoundingMode,
      );
      const {top, bottom, left, right} = info.padInfo;
      const height = (info.outHeight - 1) * info.strideHeight + info.filterHeight; // what the outputs see
      const width = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
      return tidy(() => {
        const padded = pad(x, [
          [0, 0],
          [top, bottom],
          [left, right],
          [0, 0],
        ]);
        const seen = transpose(slice(padded, [0, 0, 0, 0], [shape[0], height, width, shape[3]]), [3, 1, 2, 0]);
        const filters = transpose(dy, [1, 2, 0, 3]); // [OH, OW, N, Cout]
        const dw = conv2d(seen, filters, 1, "valid", "NHWC", [info.strideHeight, info.strideWidth]);
        return transpose(dw, [1, 2, 0, 3]);
      });
    },
  });
}
