// What belongs to the process: devices, threads, random numbers.
#include "shim.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/version.h>

using namespace shim;

// OpenBLAS has a pool of its own, which fights libtorch's over the cores; other BLAS libraries lack the function.
extern "C" void openblas_set_num_threads(int) __attribute__((weak));

namespace {

// A training step frees what it allocated and the next one allocates it again. By default glibc gives that memory back
// in between and the kernel clears it anew: about 1,000 page faults a step of a small transformer, an eighth of its time.
#ifdef __GLIBC__
__attribute__((constructor)) void keep_memory_between_steps() {
    if (std::getenv("MALLOC_TRIM_THRESHOLD_") == nullptr && std::getenv("MALLOC_MMAP_THRESHOLD_") == nullptr) {
        mallopt(M_MMAP_THRESHOLD, 32 << 20);
        mallopt(M_TRIM_THRESHOLD, 256 << 20);
    }
}
#endif

}  // namespace

SHIM const char* ft_version() { return TORCH_VERSION; }

SHIM int ft_device_count(int type) {
    return guarded(0, [&]() -> int {
        auto device = static_cast<c10::DeviceType>(type);
        if (device == c10::DeviceType::CPU)
            return 1;
        return c10::impl::hasDeviceGuardImpl(device) ? c10::impl::getDeviceGuardImpl(device)->deviceCount() : 0;
    });
}

SHIM bool ft_synchronize(int type, int index) {
    return guarded(false, [&] {
        const auto* guard = c10::impl::getDeviceGuardImpl(static_cast<c10::DeviceType>(type));
        auto device = index < 0 ? guard->getDevice() : c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index));
        guard->getStream(device).synchronize();
        return true;
    });
}

SHIM int ft_num_threads() { return at::get_num_threads(); }
SHIM int ft_num_interop_threads() { return at::get_num_interop_threads(); }

SHIM bool ft_set_num_threads(int threads) {
    return guarded(false, [&] {
        at::set_num_threads(threads);
        if (openblas_set_num_threads != nullptr)
            openblas_set_num_threads(threads);
        return true;
    });
}

SHIM bool ft_set_num_interop_threads(int threads) {
    return guarded(false, [&] {
        at::set_num_interop_threads(threads);
        return true;
    });
}

// Null for a device without generators in this build. The default CPU generator shares its state with libtorch, a new one has its own.
SHIM at::Generator* ft_generator(int type, int index, bool fresh) {
    return guarded(static_cast<at::Generator*>(nullptr), [&] {
        auto shared = at::globalContext().defaultGenerator(c10::Device(static_cast<c10::DeviceType>(type), static_cast<c10::DeviceIndex>(index)));
        return new at::Generator(fresh ? shared.clone() : shared);
    });
}

SHIM void ft_generator_release(at::Generator* generator) { delete generator; }

SHIM void ft_generator_set_seed(at::Generator* generator, uint64_t seed) {
    std::lock_guard<std::mutex> lock(generator->mutex());
    generator->set_current_seed(seed);
}

SHIM uint64_t ft_generator_seed(at::Generator* generator) {
    std::lock_guard<std::mutex> lock(generator->mutex());
    return generator->current_seed();
}

SHIM c10::TensorImpl* ft_generator_state(at::Generator* generator) {
    return guarded(static_cast<c10::TensorImpl*>(nullptr), [&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        return release(generator->get_state());
    });
}

SHIM bool ft_generator_set_state(at::Generator* generator, c10::TensorImpl* state) {
    return guarded(false, [&] {
        std::lock_guard<std::mutex> lock(generator->mutex());
        generator->set_state(borrow(state));
        return true;
    });
}
