// The kernels as functions for Node: name(memory, ...numbers), where `memory` is the ArrayBuffer of the wasm memory and the numbers are
// those of the compiled kernel of the same name, or what is said below. What lies outside the memory is an error.
//
// The functions of Node-API that are used, whose binary interface is stable, are declared here: no headers are needed.

#include "lanes.h"
#include "products.h"
#include "spikes.h"
#include "statistics.h"
#include "winograd.h"
#include <stdlib.h>

typedef struct Environment *Env;
typedef struct Value *Js;
typedef struct CallInfo *Info;
typedef Js (*Callback)(Env, Info);
extern int napi_get_cb_info(Env, Info, size_t *, Js *, Js *, void **);
extern int napi_get_arraybuffer_info(Env, Js, void **, size_t *);
extern int napi_get_value_double(Env, Js, double *);
extern int napi_create_double(Env, double, Js *);
extern int napi_create_function(Env, const char *, size_t, Callback, void *, Js *);
extern int napi_set_named_property(Env, Js, const char *, Js);
extern int napi_throw_error(Env, const char *, const char *);

static __thread struct {
  void *at;
  size_t bytes;
} rooms[ROOMS];

void *room(int which, size_t bytes) {
  if (rooms[which].bytes < bytes) {
    free(rooms[which].at);
    rooms[which].bytes = 0;
    const size_t whole = (bytes + 127) & ~(size_t)63; // a line more than asked for: vectors at the end are read whole
    if (posix_memalign(&rooms[which].at, 64, whole)) return rooms[which].at = NULL;
    rooms[which].bytes = bytes;
  }
  return rooms[which].at;
}

/** A call: its numbers, and the memory that addresses are of. */
typedef struct {
  const double *numbers;
  char *memory;
  size_t length;
  const char *error;
} Call;

static int number(const Call *call, int i) {
  return (int32_t)(int64_t)call->numbers[i];
}

/** `bytes` of the memory from an address on. */
static void *span(Call *call, uint32_t at, double bytes) {
  if (at + bytes > (double)call->length) call->error = "a kernel's tensor lies outside the memory";
  return call->memory + at;
}

static void *at(Call *call, int i, double bytes) {
  return span(call, (uint32_t)(int64_t)call->numbers[i], bytes);
}

static Sizes sizesFrom(const Call *call, int i) {
  return (Sizes){
    number(call, i), number(call, i + 1), number(call, i + 2), number(call, i + 3), number(call, i + 4),
    number(call, i + 5), number(call, i + 6), number(call, i + 7), number(call, i + 8),
  };
}

static const char *const FULL = "no memory is left for a kernel";

static double bitBytes(Sizes s) {
  return 4.0 * s.N * s.H * s.W * ((s.Ci + 31) >> 5);
}

static double filterBytes(Sizes s) {
  return 4.0 * s.k * s.k * s.Ci * s.Co;
}

/** bits, w, y, mean, variance, the sizes, images a group, pool. */
static void callSpikeConv(Call *call) {
  const Sizes s = sizesFrom(call, 5);
  const int perGroup = number(call, 14), pool = number(call, 15);
  const uint32_t *bits = at(call, 0, bitBytes(s));
  const float *w = at(call, 1, filterBytes(s));
  float *y = at(call, 2, 4.0 * s.N * (s.OH / pool) * (s.OW / pool) * s.Co);
  const double rows = perGroup ? 4.0 * s.Co * s.N / perGroup : 0;
  float *mean = at(call, 3, rows), *variance = at(call, 4, rows);
  if (!call->error && !spikeConv(bits, w, y, s, perGroup, mean, variance, pool)) call->error = FULL;
}

/** bits, dy, dw, the sizes. */
static void callFilterGradient(Call *call) {
  const Sizes s = sizesFrom(call, 3);
  const uint32_t *bits = at(call, 0, bitBytes(s));
  const float *dy = at(call, 1, 4.0 * s.N * s.OH * s.OW * s.Co);
  float *dw = at(call, 2, filterBytes(s));
  if (!call->error && !spikeConvFilterGradient(bits, dy, dw, s)) call->error = FULL;
}

static void callMatMul(Call *call) {
  const int M = number(call, 3), K = number(call, 4), N = number(call, 5);
  const float *a = at(call, 0, 4.0 * M * K), *b = at(call, 1, 4.0 * K * N);
  float *c = at(call, 2, 4.0 * M * N);
  if (!call->error && !matMul(a, b, c, M, K, N, number(call, 6), number(call, 7))) call->error = FULL;
}

/** Bytes of planes of rows. */
static double planeBytes(int planes, double plane, int rows, double row) {
  return (planes - 1) * plane + rows * row;
}

static void callFourierProducts(Call *call) {
  const double planeA = call->numbers[1], rowA = call->numbers[2], planeU = call->numbers[4], planeC = call->numbers[6];
  const int planes = number(call, 7), rows = number(call, 8), R = number(call, 9), S = number(call, 10);
  const float *a = at(call, 0, planeBytes(planes, planeA, rows, rowA));
  const float *u = at(call, 3, planeBytes(planes, planeU, R, 4.0 * S));
  float *c = at(call, 5, planeBytes(planes, planeC, rows, 4.0 * S));
  const Planes p = {(size_t)planeA / 4, (size_t)rowA / 4, (size_t)planeU / 4, (size_t)planeC / 4, planes, rows};
  if (!call->error) fourierProducts(a, u, c, p, R, S, number(call, 11));
}

static void callFourierFilterProducts(Call *call) {
  const double planeX = call->numbers[1], rowX = call->numbers[2], planeD = call->numbers[4], planeV = call->numbers[6];
  const int planes = number(call, 7), rows = number(call, 8), Ci = number(call, 9), Co = number(call, 10);
  const float *x = at(call, 0, planeBytes(planes, planeX, rows, rowX));
  const float *d = at(call, 3, planeBytes(planes, planeD, rows, 4.0 * Co));
  float *v = at(call, 5, planeBytes(planes, planeV, Ci, 4.0 * Co));
  const Planes p = {(size_t)planeX / 4, (size_t)rowX / 4, (size_t)planeD / 4, (size_t)planeV / 4, planes, rows};
  if (!call->error) fourierFilterProducts(x, d, v, p, Ci, Co, number(call, 11));
}

static void callWinograd(Call *call) {
  const int count = number(call, 1), n0 = number(call, 4), n1 = number(call, 5);
  const int H = number(call, 6), W = number(call, 7), S = number(call, 8), k = number(call, 9), add = number(call, 10);
  const uint32_t *table = at(call, 0, 8.0 * count);
  Edge edges[MOST_EDGES];
  if (count > MOST_EDGES) call->error = "too many edges for a kernel";
  double R = 0;
  for (int e = 0; !call->error && e < count; e++) {
    const int C = (int)table[2 * e + 1];
    edges[e] = (Edge){span(call, table[2 * e], 4.0 * n1 * H * W * C), C};
    R += (C + 3) & ~3;
  }
  const int values = k == 3 ? 36 : k == 5 ? 64 : 256;
  const float *u = at(call, 2, 4.0 * values * R * ((S + 7) & ~7));
  float *y = at(call, 3, 4.0 * n1 * H * W * S);
  if (!call->error && !winograd(edges, count, u, y, n0, n1, H, W, S, k, add)) call->error = FULL;
}

static void callAddMoments(Call *call) {
  const int N = number(call, 3), C = number(call, 4);
  const double map = 4.0 * N * C;
  const float *a = at(call, 0, map), *x = at(call, 1, map), *pivot = at(call, 2, 4.0 * C);
  double *sums = at(call, 5, 16.0 * C);
  if (!call->error) addMoments(a, x, pivot, N, C, sums);
}

static void callBatchNormApply(Call *call) {
  const int N = number(call, 3), C = number(call, 4);
  const double map = 4.0 * N * C;
  const float *x = at(call, 0, map), *factors = at(call, 2, 12.0 * C);
  float *out = at(call, 1, map);
  if (!call->error) batchNormApply(x, out, factors, N, C, number(call, 5));
}

static void callGradientApply(Call *call) {
  const int N = number(call, 3), C = number(call, 4);
  const double map = 4.0 * N * C;
  const float *a = at(call, 0, map), *x = at(call, 1, map), *factors = at(call, 5, 16.0 * C);
  float *out = at(call, 2, map);
  if (!call->error) gradientApply(a, x, out, N, C, factors);
}

/** Each kernel with how many numbers it takes: as many as the compiled kernel of its name, where there is one. */
static const struct Kernel {
  const char *name;
  size_t numbers;
  void (*run)(Call *);
} KERNELS[] = {
  {"spikeConv", 16, callSpikeConv},
  {"spikeConvFilterGradient", 12, callFilterGradient},
  {"matMul", 9, callMatMul},
  {"fourierProducts", 12, callFourierProducts},
  {"fourierFilterProducts", 12, callFourierFilterProducts},
  {"winograd", 12, callWinograd},
  {"addMoments", 6, callAddMoments},
  {"batchNormApply", 6, callBatchNormApply},
  {"gradientApply", 6, callGradientApply},
};

#define MOST_NUMBERS 16

static Js call(Env env, Info info) {
  Js values[MOST_NUMBERS + 1];
  size_t count = MOST_NUMBERS + 1;
  void *kernel, *memory;
  double numbers[MOST_NUMBERS];
  Call call = {numbers, NULL, 0, NULL};
  napi_get_cb_info(env, info, &count, values, NULL, &kernel);
  const struct Kernel *k = kernel;
  int wrong = count != k->numbers + 1 || napi_get_arraybuffer_info(env, values[0], &memory, &call.length);
  for (size_t i = 0; !wrong && i < k->numbers; i++) wrong = napi_get_value_double(env, values[i + 1], &numbers[i]);
  call.memory = memory;
  if (wrong) call.error = "a kernel takes a memory and its numbers";
  else k->run(&call);
  if (call.error) napi_throw_error(env, NULL, call.error);
  Js result = NULL;
  napi_create_double(env, 0, &result);
  return call.error ? NULL : result;
}

__attribute__((visibility("default"))) Js napi_register_module_v1(Env env, Js exports) {
  for (size_t i = 0; i < sizeof KERNELS / sizeof *KERNELS; i++) {
    Js function, numbers;
    napi_create_function(env, KERNELS[i].name, (size_t)-1, call, (void *)&KERNELS[i], &function);
    napi_create_double(env, (double)KERNELS[i].numbers, &numbers);
    napi_set_named_property(env, function, "numbers", numbers);
    napi_set_named_property(env, exports, KERNELS[i].name, function);
  }
  return exports;
}
