"""A stand-in for a tflite-micro source tree with its library built: the declarations that the firmware uses, and an interpreter that
answers with the complement of its input. It shows that the Makefile, the C++ and the protocol fit together, not that a model runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from export.tflm.operators import all_methods

CALLBACK = """\
#pragma once
extern "C" {
typedef void (*DebugLogCallback)(const char *text);
void RegisterDebugLogCallback(DebugLogCallback callback);
}
"""

STATUS = """\
#pragma once
#include <stddef.h>
#include <stdint.h>
%(types_open)s
enum TfLiteStatus { kTfLiteOk = 0, kTfLiteError = 1 };
union TfLitePtrUnion { char *raw; int8_t *int8; };
struct TfLiteTensor { TfLitePtrUnion data; };
%(types_close)s
%(open)s
class MicroOpResolver {
  public:
    virtual ~MicroOpResolver() {}
    virtual unsigned registered() const = 0;
    virtual unsigned capacity() const = 0;
    static void operator delete(void *) {}
};
%(close)s
"""

SCHEMA = """\
#pragma once
namespace tflite {
struct Model {};
inline const Model *GetModel(const void *buffer) { return static_cast<const Model *>(buffer); }
}
"""

RESOLVER = """\
#pragma once
#include "tensorflow/lite/micro/status.h"
%(open)s
template <unsigned int tOpCount> class MicroMutableOpResolver : public MicroOpResolver {
  public:
    unsigned registered() const override { return registered_; }
    unsigned capacity() const override { return tOpCount; }
%(methods)s

  private:
    TfLiteStatus add() { return registered_++ < tOpCount ? kTfLiteOk : kTfLiteError; }
    unsigned registered_ = 0;
};
%(close)s
"""

INTERPRETER = """\
#pragma once
#include "tensorflow/lite/micro/status.h"
#include "tensorflow/lite/schema/schema_generated.h"
%(open)s
class MicroResourceVariables;
class MicroProfilerInterface;
class MicroInterpreter {
  public:
    MicroInterpreter(const Model *model, const MicroOpResolver &op_resolver, uint8_t *tensor_arena, size_t tensor_arena_size,
                     MicroResourceVariables *resource_variables = nullptr, MicroProfilerInterface *profiler = nullptr,
                     bool preserve_all_tensors = false);
    ~MicroInterpreter();
    TfLiteStatus AllocateTensors();
    TfLiteStatus Invoke();
    TfLiteTensor *input(size_t index);
    TfLiteTensor *output(size_t index);

  private:
    const uint8_t *model_;
    const MicroOpResolver &resolver_;
    size_t bytes_;
    TfLiteTensor input_, output_;
};
%(close)s
"""

LIBRARY = """\
#include "tensorflow/lite/micro/cortex_m_generic/debug_log_callback.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static DebugLogCallback log_callback;
static volatile float zero = 0.0f;

extern "C" void RegisterDebugLogCallback(DebugLogCallback callback) { log_callback = callback; }

%(open)s
MicroInterpreter::MicroInterpreter(const Model *model, const MicroOpResolver &op_resolver, uint8_t *tensor_arena, size_t bytes,
                                   MicroResourceVariables *, MicroProfilerInterface *, bool)
    : model_(reinterpret_cast<const uint8_t *>(model)), resolver_(op_resolver), bytes_(bytes / 2) {
    input_.data.int8 = reinterpret_cast<int8_t *>(tensor_arena);
    output_.data.int8 = input_.data.int8 + bytes_;
}
MicroInterpreter::~MicroInterpreter() {}
TfLiteStatus MicroInterpreter::AllocateTensors() {
    char text[64];
    snprintf(text, sizeof text, "the stand-in has %%u bytes\\r\\n", static_cast<unsigned>(2 * bytes_));
    log_callback(text);
    const bool aligned = reinterpret_cast<uintptr_t>(model_) %% 16 == 0 && reinterpret_cast<uintptr_t>(input_.data.int8) %% 16 == 0;
    const bool known = memcmp(model_ + 4, "TFL3", 4) == 0 && resolver_.registered() == resolver_.capacity();
#ifdef REFUSES
    return kTfLiteError;
#endif
    return aligned && known ? kTfLiteOk : kTfLiteError;
}
TfLiteStatus MicroInterpreter::Invoke() {
    for (size_t i = 0; i < bytes_; i++) {
        output_.data.int8[i] = static_cast<int8_t>(-1 - static_cast<int>(input_.data.int8[i] * expf(zero)));
    }
    return kTfLiteOk;
}
TfLiteTensor *MicroInterpreter::input(size_t) { return &input_; }
TfLiteTensor *MicroInterpreter::output(size_t) { return &output_; }
%(close)s
"""


def make_headers(directory: Path, nested: bool = True) -> Path:
    """The headers; ``nested`` says whether the classes are in tflite::micro, as in newer versions, or in tflite."""
    outer, inner = "namespace tflite { namespace micro {", "} }"
    names = {"open": outer if nested else "namespace tflite {", "close": inner if nested else "}"}
    names |= {"types_open": outer, "types_close": inner} if nested else {"types_open": "", "types_close": ""}
    names["methods"] = "\n".join(f"    TfLiteStatus {method}() {{ return add(); }}" for method in all_methods())
    micro = directory / "tensorflow" / "lite" / "micro"
    files = {
        micro / "cortex_m_generic" / "debug_log_callback.h": CALLBACK,
        micro / "status.h": STATUS % names,
        micro / "micro_mutable_op_resolver.h": RESOLVER % names,
        micro / "micro_interpreter.h": INTERPRETER % names,
        micro.parent / "schema" / "schema_generated.h": SCHEMA,
        directory / "library.cc": LIBRARY % names,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def make_tree(directory: Path, architecture: str = "cortex-m4", nested: bool = True, refuses: bool = False) -> Path:
    """The headers, and the library for an ``architecture`` as upstream's Makefile calls it; ``refuses``: it cannot allocate."""
    make_headers(directory, nested)
    folder = directory / "gen" / f"cortex_m_generic_{architecture}_default_cmsis_nn_gcc" / "lib"
    folder.mkdir(parents=True)
    core, _, unit = architecture.partition("+")
    flags = [f"-mcpu={core}", "-mthumb", *(("-mfpu=auto", "-mfloat-abi=hard") if unit else ("-mfloat-abi=soft",))]
    flags += ["-std=c++17", "-Os", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-I."]
    flags += ["-DREFUSES"] if refuses else []
    subprocess.run(["arm-none-eabi-g++", *flags, "-c", "library.cc", "-o", "library.o"], cwd=directory, check=True)
    library = folder / "libtensorflow-microlite.a"
    subprocess.run(["arm-none-eabi-ar", "-rc", str(library), "library.o"], cwd=directory, check=True)
    return directory
