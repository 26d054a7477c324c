// The studies of trained networks that spikebook has, in the order of the help. The command line is a loop over this table.

import {ACTIVITY_REGULARIZATION} from "./activityRegularization.js";
import {COMPRESSION_SEARCH} from "./compressionSearch.js";
import {FINAL_TRAINING} from "./finalTraining.js";
import {KERNEL_IMPACT} from "./kernelImpact.js";
import {KERNEL_SETS_STUDY, OPERATION_IMPACT} from "./sampledSpaces.js";
import {SEQUENTIAL} from "./sequential.js";
import type {Study} from "./study.js";

export const STUDIES: readonly Study[] = [
  KERNEL_IMPACT,
  OPERATION_IMPACT,
  KERNEL_SETS_STUDY,
  SEQUENTIAL,
  COMPRESSION_SEARCH,
  ACTIVITY_REGULARIZATION,
  FINAL_TRAINING,
];
