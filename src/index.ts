// spikebook, as a notebook or a program imports it: everything public, by name, in the order in which data flows.

// errors, randomness, backend
export {InputError} from "./check.js";
export {random, randomKey, type Random, type RandomKey} from "./random.js";
export {packageVersion} from "./root.js";
export * as tf from "./tf.js";
export {type BackendName, type BackendReport, presentBackends} from "./tf.js";

// architectures: what a network is, and what it costs
export {type Architecture, snasnet} from "./architectures/architecture.js";
export {type Budget, checkFeasible, excessOf, fitsBudget, parseBytes} from "./architectures/budget.js";
export {canonicalArchitecture, canonicalCell, hashOf} from "./architectures/canonical.js";
export {type Cell, edgesOf, formatCell, parseCell, withKernelSize} from "./architectures/cell.js";
export {type KernelSize, type Op, parseOp} from "./architectures/ops.js";
export {longestConvPath} from "./architectures/convPath.js";
export {type Cost, costOf, paramsOf, weightBytes} from "./architectures/cost.js";
export {type ChoiceWeights, decode, type DecodeOptions, EDGE_RULES} from "./architectures/decode.js";
export {pathologies} from "./architectures/wiring.js";
export {
  architectureOf,
  candidatesOf,
  type Cells,
  formatCells,
  type NetworkSpace,
  networkSpace,
  sampleCells,
  smallestCells,
} from "./architectures/networkSpace.js";
export {
  checkNeuron,
  LITE_NEURON,
  NEURONS,
  neuronOf,
  type NeuronSpec,
  SNASNET_NEURON,
  type SurrogateSpec,
} from "./graphs/neuron.js";
export {pathFeatures} from "./architectures/pathFeatures.js";
export {published} from "./architectures/published.js";
export {receptiveField} from "./graphs/receptiveField.js";
export {type ConvNet, convNet, type ConvNetLayer} from "./architectures/convNet.js";
export {allEdges, edgesOfPairs, formatLiteCell, type LiteEdge} from "./architectures/liteCell.js";
export {
  LITE_PATH,
  LITE_PUBLISHED,
  type LiteNet,
  liteNet,
  liteWeights,
  publishedLiteNet,
} from "./architectures/liteNet.js";
export {formatLayers, parseLayers} from "./architectures/layerList.js";
export {graphOf, type NetworkDescription, titleOf} from "./architectures/description.js";
export {type Graph, type GraphNode, type GraphOp, kernelSizesOf} from "./graphs/graph.js";
export {type Activation, activationsOf, type Population, populationsOf} from "./graphs/populations.js";
export {
  cellsOf,
  choiceCell,
  sampleCell,
  SNASNET_FEEDBACK,
  SNASNET_FORWARD,
  type Space,
} from "./architectures/spaces.js";
export {
  SPIKENAS_BENCH_SPACE,
  spikenasBenchArchitecture,
  spikenasBenchCell,
  spikenasBenchIdOf,
} from "./architectures/spikenasBench.js";
export {KERNEL_SETS, withKernels, withoutOp, withOps} from "./architectures/subspaces.js";
export {validateArchitecture} from "./architectures/validate.js";
export {COMPCONV, type WeightPlan} from "./architectures/weightPlan.js";
export {PRUNINGS, QUANTISERS, type WeightFormat} from "./graphs/weightFormat.js";
export {weightBits} from "./graphs/cost.js";

// data and encodings
export {
  DATASET_NAMES,
  type Dataset,
  type Modality,
  loadDataset,
  type SampleSet,
  type SampleShape,
} from "./datasets/index.js";
export {balancedSplit} from "./datasets/split.js";
export {benchChecksum} from "./datasets/benchFormats.js";
export {installedBenches, loadBench} from "./datasets/benchSource.js";
export {
  BENCH_EPOCHS,
  type BenchNetwork,
  benchSpikes,
  lookUp,
  queries,
  type SpikenasBench,
} from "./datasets/spikenasBench.js";
export {encode} from "./encoding/encode.js";

// neurons, networks, training
export {neuron, type NeuronOutput, neuronStep} from "./neurons/neuron.js";
export {smoothSpike, surrogate, surrogateDerivative, SURROGATES} from "./neurons/surrogate.js";
export {type SurrogateCurve, surrogateCurve} from "./neurons/surrogateCurve.js";
export {constantInputRate, type NeuronTrace, neuronTrace, simulatedRates} from "./neurons/trace.js";
export {unroll} from "./neurons/unroll.js";
export {installKernels, kernelReport, startBackend, useBackend} from "./kernels/index.js";
export {forward, type ForwardResult} from "./networks/forward.js";
export {decoded, frozen} from "./networks/freeze.js";
export {inherited} from "./networks/inherit.js";
export {countParameters, disposeNetwork, initialise, type Network} from "./networks/parameters.js";
export {choicesOfNetwork} from "./training/choices.js";
export {batchOf} from "./training/batches.js";
export {type DnnActivity, evaluate, type Evaluation} from "./training/evaluate.js";
export {fit, type FitOptions, type FitResult} from "./training/fit.js";
export {guard} from "./training/guard.js";
export {type Loss, lossOf} from "./training/loss.js";
export {type LossSpec, OBJECTIVES, type ObjectiveSpec, TERMS, type TermSpec} from "./training/lossSpec.js";
export {type TrainingObjective} from "./training/objective.js";
export {type LayerActivity, type Observation, observe} from "./training/observe.js";
export {OPTIMISERS} from "./training/optimiser.js";
export {type GroupSpec, PAPER_RECIPE, type PassSpec, type Recipe, recipe, SMALL_RECIPE} from "./training/recipe.js";
export {LITE_COSTS, LITE_RECIPE, type SearchCosts, searchRecipe} from "./training/searchRecipe.js";
export {type Role, ROLES} from "./training/roles.js";
export {type Schedule, SCHEDULES} from "./training/schedule.js";
export {type Term} from "./training/terms.js";

// a trained network as a file: what `train` gives, `saveNetwork` writes, `loadNetwork` reads and `predict` asks
export {loadNetwork, saveNetwork} from "./files/networkFile.js";
export type {Made, SampleFormat, TrainedNetwork} from "./files/networkText.js";
export {packedSizes, packNetwork, savePacked} from "./files/packed.js";
export {predict, type Prediction, type Sample} from "./files/predict.js";

// conversion: DNNs as spiking networks
export {
  type Balance,
  BALANCES,
  checkConvertible,
  type ConversionOptions,
  convertNetwork,
  READOUTS,
  STARTS,
} from "./conversion/convert.js";
export {foldNormalisation} from "./conversion/fold.js";
export {PERCENTILE, type Scales, scalesOf} from "./conversion/scales.js";
export {latencyOf, type OverTime, simulate, WITHIN} from "./conversion/simulate.js";

// compression: trained networks made smaller
export {compress, type CompressedNetwork, type Compression, type LayerCompression} from "./compression/compress.js";
export {compressedOf} from "./compression/madeWeights.js";
export {type MixedBits, mixedBits} from "./compression/mixedBits.js";
export {measuredStatistics, recalibrate} from "./compression/recalibrate.js";
export {sensitivity} from "./compression/sensitivity.js";
export {variantsOf} from "./compression/variants.js";
export {STEP_RULES} from "./compression/steps.js";

// training-free scores
export {SCORES, type ScoreName} from "./scoring/registry.js";
export {type Measured, type Score, type ScoreStatus} from "./scoring/score.js";
export {
  scoreArchitecture,
  scoreArchitectureBy,
  type ScoreOptions,
  type ScoreValue,
} from "./scoring/scoreArchitecture.js";
export {kernelMatrix} from "./scoring/kernelMatrix.js";
export {sahdSimilarity, sahdWithoutNSimilarity} from "./scoring/sahd.js";
export {logDeterminant} from "./scoring/logDeterminant.js";

// searches: they ask for values and are told
export {ALGORITHMS, type AlgorithmName, searchAlgorithm} from "./search/algorithms.js";
export {asha} from "./search/asha.js";
export {autosnn, spikeAwareFitness} from "./search/autosnn.js";
export {regularisedEvolution} from "./search/evolution.js";
export {exhaustive} from "./search/exhaustive.js";
export {halvingCandidates, halvingEpochs, rungsOf, successiveHalving} from "./search/halving.js";
export {lightsnn} from "./search/lightsnn.js";
export {randomSearch, snasnetSearch} from "./search/random.js";
export {rankedSearch} from "./search/ranked.js";
export {
  type Algorithm,
  type Candidate,
  type Counts,
  createSearch,
  type Entry,
  runSearch,
  type Search,
  workOf,
} from "./search/search.js";
export {type SpeedUp, speedUp} from "./search/speedup.js";
export {spikenas} from "./search/spikenas.js";
export {bestByLabel, spikernel} from "./search/spikernel.js";

// what runs tasks: an executor of one's own sends messages wherever it likes, and `evaluateMessage` answers them there
export type {Executor, OpenExecutor} from "./execution/executor.js";
export type {ExecutionOptions} from "./execution/openExecutor.js";
export {evaluateMessage, messageOf, type TaskKind, type TaskMessage} from "./execution/task.js";

// records: what is written, and what it measures
export {type Comparison, comparisonOf, type Group, referenceOf} from "./records/comparison.js";
export {type Measure, type MeasureName, MEASURES, valueOf} from "./records/measures.js";
export type {CompressionRow, SensitivityRecord} from "./records/compression.js";
export type {RacePoint, RaceSettings, RaceTrace, RaceUnit} from "./records/race.js";
export type {ScoreRecord} from "./records/score.js";
export type {SearchResult} from "./records/search.js";
export type {SpeedUpPair} from "./records/speedup.js";
export {type Status, type Trial, trialId, type TrialRecord} from "./records/trial.js";

// analysis, tables, figures
export {energiesOf, energyOf, ESTIMATORS, HOROWITZ_45NM} from "./architectures/energy.js";
export {activityFront, aliveNetworks, convEdgeTable, operationTable, retrainedPairs} from "./analysis/bench.js";
export {type BudgetStep, budgetCurve} from "./analysis/budgetCurve.js";
export {byBenefit, feasibility} from "./analysis/benefit.js";
export {bootstrapInterval, quantile} from "./analysis/bootstrap.js";
export {kendallTau, ranks, spearman} from "./analysis/correlation.js";
export {accuracyInterval, meanInterval, pairedInterval} from "./analysis/interval.js";
export {hypervolume, kneeOf, type Objective, paretoFront} from "./analysis/pareto.js";
export {type Choice, choicesOf, pick, type Pick} from "./analysis/pick.js";
export {type Forest, trainForest} from "./analysis/forest.js";
export {predictorCurve, type PredictorRow, worthOf} from "./analysis/predictorCurve.js";
export {topRegret} from "./analysis/regret.js";
export {type RaceRow, raceTable, spentUntil} from "./analysis/searchRace.js";
export {type ScoreNoise, scoreNoise} from "./analysis/scoreNoise.js";
export {asCoarseAs} from "./analysis/ties.js";
export {foundDifference, speedUpTable} from "./analysis/speedup.js";
export {tradeoff, type Tradeoff, type TradeoffRow} from "./analysis/tradeoff.js";
export {type ScoreColumn, truthRow, type TruthRow, truthTable} from "./analysis/truthTable.js";
export {type ClaimVerdict, claimVerdict, type Difference, type Verdict, verdictOf} from "./analysis/verdict.js";
export {comparisonTable} from "./analysis/comparison.js";
export {differences, groupBy, summary} from "./analysis/summarise.js";
export {readCsv, toCsv, writeCsv} from "./tables/csv.js";
export {toDataFrame} from "./tables/dataFrame.js";
export {formatTable} from "./tables/formatTable.js";
export {differenceList, differenceText, enumerated, percent, signed, thousands} from "./tables/sentences.js";
export {trialRows} from "./tables/trials.js";
export {firingRatesFigure} from "./plots/activity.js";
export {activityFrontFigure, frontFigure} from "./plots/activityFront.js";
export {convEdgesFigure, operationFigure} from "./plots/benchTables.js";
export {budgetCurveFigure} from "./plots/budgetCurve.js";
export {cellFigure} from "./plots/cellGraph.js";
export {networkFigure} from "./plots/networkGraph.js";
export {compressionFigure, sensitivityFigure} from "./plots/compression.js";
export {confusionFigure} from "./plots/confusion.js";
export {contactSheetFigure} from "./plots/contactSheet.js";
export {trainingCurveFigure} from "./plots/curves.js";
export {type Figure, figure} from "./plots/figure.js";
export {
  COMPARISON_FIGURES,
  comparisonFigures,
  differenceFigure,
  type FigureName,
  measureFigure,
  memoryFigure,
  receptiveFieldFigure,
} from "./plots/comparison.js";
export {membraneFigure, type Potential, potentialsOf} from "./plots/membrane.js";
export {encodingFigure, firingRateCurveFigure, surrogateFigure} from "./plots/neuronPlots.js";
export {rasterFigure} from "./plots/raster.js";
export {readFigure, saveFigure, saveFigures} from "./plots/save.js";
export {predictorFigure} from "./plots/predictor.js";
export {memoryGateFigure, scoreMemoryFigure, searchHistoryFigure} from "./plots/search.js";
export {scoreNoiseFigure} from "./plots/scoreNoise.js";
export {searchRaceFigure} from "./plots/searchRace.js";
export {speedUpFigure} from "./plots/speedup.js";
export {selectionFigure} from "./plots/selection.js";
export {setMemoryFigure} from "./plots/setMemory.js";
export {toPng, toSvg} from "./plots/static.js";
export {tradeoffFigure} from "./plots/tradeoff.js";
export {truthFigure} from "./plots/truthTable.js";

// studies: what is asked, run and shown
export {
  defineStudy,
  numbersOf,
  type Study,
  type StudyDefinition,
  type StudyOption,
  type TrialDraft,
} from "./studies/study.js";
export {
  seedsOf,
  studyArchitecture,
  type StudyChanges,
  type StudySettings,
  studySettings,
  trialOf,
} from "./studies/settings.js";
export {conductStudy} from "./studies/conductStudy.js";
export {STUDIES} from "./studies/catalogue.js";
export {
  KERNEL_IMPACT,
  KERNEL_SIZE,
  kernelAccuracyFigure,
  kernelDifferenceFigure,
  kernelEnergyFigure,
  kernelImpactArchitecture,
  kernelImpactSettings,
  kernelImpactTable,
  kernelImpactTrials,
  kernelMemoryFigure,
  kernelReceptiveFieldFigure,
  kernelSynOpsFigure,
} from "./studies/kernelImpact.js";
export {
  KERNEL_SET,
  KERNEL_SETS_STUDY,
  kernelSetsSettings,
  kernelSetsTrials,
  operationImpactSettings,
  operationImpactTrials,
  OPERATION_IMPACT,
  WITHOUT_OP,
} from "./studies/sampledSpaces.js";
export {type BenchScores, benchScores} from "./studies/benchScores.js";
export {truthSettings, type TruthSettings, truthStudy, type TruthStudy, writeTruthStudy} from "./studies/truthTable.js";
export {EPOCH_RACERS, epochRace, epochRaceSettings, raceByEpochs} from "./studies/epochRace.js";
export {RACERS, raceOnce, raceSettings, searchRace} from "./studies/searchRace.js";
export {runSearchStudy, type SearchSettings} from "./studies/architectureSearch.js";
export {
  CHOSEN_BY,
  type Chosen,
  chosenBy,
  FINAL_TRAINING,
  finalTrainingSettings,
  finalTrainingTrials,
} from "./studies/finalTraining.js";
export {type FinishedSearch, readSearch, winnerUnder} from "./studies/searchFolder.js";
export {type SearchChanges, searchSettings} from "./studies/searchSettings.js";
export {compareSearches} from "./studies/speedup.js";
export {readRecords} from "./studies/journal.js";
export {runStudy} from "./studies/runStudy.js";
export {
  chooseBits,
  closeWorkbench,
  compressAndMeasure,
  type CompressOptions,
  compressStudy,
  measureSensitivity,
  openWorkbench,
  originalRow,
  type Workbench,
} from "./studies/compression.js";
export {evaluateNetwork, type NetworkEvaluation} from "./studies/evaluateNetwork.js";
export {convertTrained, type ConvertOptions} from "./studies/convertTrained.js";
export {conversionFigure} from "./plots/conversion.js";
export type {ConversionRecord} from "./records/conversion.js";
export {findNetworkFile} from "./studies/networkFiles.js";
export {SEQUENTIAL, sequentialSettings, sequentialTrials} from "./studies/sequential.js";
export {train, type Trained, type TrainOptions} from "./studies/train.js";
export {evaluateTrial} from "./studies/evaluateTrial.js";
export {writeSearch, writeSpeedUp} from "./studies/writeSearch.js";
export {writeComparison, writeKernelImpact, writeStudy} from "./studies/writeStudy.js";

// notebooks
export {show, showMarkdown} from "./notebook/display.js";
export {checkAnswer} from "./notebook/exercise.js";
export {progress} from "./notebook/progress.js";
export {references} from "./notebook/references.js";
export {cellSignal} from "./notebook/signal.js";
export {startNotebook} from "./notebook/start.js";
