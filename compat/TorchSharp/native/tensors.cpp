// What a tensor is: its memory, shape, type and place.
#include "shim.h"

#include <cstring>

#include <ATen/ops/empty.h>

using namespace shim;
using Handle = c10::TensorImpl*;

SHIM void ft_release(Handle handle) { c10::raw::intrusive_ptr::decref(handle); }

SHIM int64_t ft_dim(Handle handle) { return handle->dim(); }
SHIM int64_t ft_numel(Handle handle) { return handle->numel(); }
SHIM int ft_dtype(Handle handle) { return static_cast<int>(c10::typeMetaToScalarType(handle->dtype())); }
SHIM int64_t ft_itemsize(Handle handle) { return static_cast<int64_t>(handle->itemsize()); }
SHIM int ft_device_type(Handle handle) { return static_cast<int>(handle->device().type()); }
SHIM int ft_device_index(Handle handle) { return handle->device().index(); }
SHIM bool ft_is_contiguous(Handle handle) { return handle->is_contiguous(); }
SHIM bool ft_is_sparse(Handle handle) { return handle->layout() != c10::kStrided; }
SHIM int64_t ft_storage_offset(Handle handle) { return handle->storage_offset(); }

SHIM void ft_sizes(Handle handle, int64_t* into) {
    auto sizes = handle->sizes();
    std::copy(sizes.begin(), sizes.end(), into);
}

SHIM bool ft_strides(Handle handle, int64_t* into) {
    return guarded(false, [&] {
        auto strides = handle->strides();
        std::copy(strides.begin(), strides.end(), into);
        return true;
    });
}

SHIM void* ft_data(Handle handle) {
    return guarded(static_cast<void*>(nullptr), [&] { return borrow(handle).data_ptr(); });
}

// A new tensor on the CPU that holds a copy of the bytes.
SHIM Handle ft_from_memory(const void* data, const int64_t* sizes, int dim, int dtype) {
    return guarded(Handle(nullptr), [&] {
        auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
        auto tensor = at::empty(c10::IntArrayRef(sizes, dim), options);
        if (tensor.numel() > 0)
            std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
        return release(std::move(tensor));
    });
}
