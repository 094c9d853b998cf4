/* What Swift cannot import from libhdf5: macros that hide a comma expression, a cast or a function call, and one function whose
   name depends on the library's version. Everything here is a static inline function, so that no C target is needed. */
#pragma once

#include <hdf5.h>
#include <string.h>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#if !H5_VERSION_GE(1, 10, 3)
#error "libhdf5 1.10.3 or later is needed: 1.10.0 to 1.10.2 are withdrawn by The HDF Group"
#endif

/* Types. The macros call H5open() first; the variables behind them are mutable globals, which Swift 6 rejects. */
static inline hid_t ch5_type_float32_le(void) { return H5T_IEEE_F32LE; }
static inline hid_t ch5_type_float64_le(void) { return H5T_IEEE_F64LE; }
static inline hid_t ch5_type_int64_le(void) { return H5T_STD_I64LE; }
static inline hid_t ch5_type_uint64_le(void) { return H5T_STD_U64LE; }
static inline hid_t ch5_type_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t ch5_type_native_float32(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t ch5_type_native_float64(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t ch5_type_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t ch5_type_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t ch5_type_native_uint8(void) { return H5T_NATIVE_UINT8; }

/* A new UTF-8 string type of a fixed number of bytes, padded with zeros; the caller closes it. Negative on failure. */
static inline hid_t ch5_new_string_type(size_t bytes) {
  hid_t type = H5Tcopy(H5T_C_S1);
  if (type < 0) return type;
  if (H5Tset_size(type, bytes) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 || H5Tset_strpad(type, H5T_STR_NULLPAD) < 0) {
    H5Tclose(type);
    return H5I_INVALID_HID;
  }
  return type;
}

/* Property list classes and open flags. */
static inline hid_t ch5_class_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t ch5_class_dataset_create(void) { return H5P_DATASET_CREATE; }
static inline unsigned ch5_access_read_only(void) { return H5F_ACC_RDONLY; }

/* 1: a hard link, 0: a soft, external or user-defined one, -1: no such link. H5Lget_info changed its signature in 1.12. */
static inline int ch5_link_is_hard(hid_t location, const char *name) {
#if H5_VERSION_GE(1, 12, 0)
  H5L_info2_t info;
  if (H5Lget_info2(location, name, &info, H5P_DEFAULT) < 0) return -1;
#else
  H5L_info_t info;
  if (H5Lget_info(location, name, &info, H5P_DEFAULT) < 0) return -1;
#endif
  return info.type == H5L_TYPE_HARD;
}

/* Stops the library from printing its error stack. The setting is per thread in a thread-safe build. */
static inline void ch5_silence_errors(void) { H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

/* Lets all threads allocate from at most `count` arenas, where the C library has such things (glibc). */
static inline void ch5_limit_arenas(int count) {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, count);
#endif
}

struct ch5_message {
  char *text;
  size_t capacity;
};

static inline herr_t ch5_take_innermost(unsigned depth, const H5E_error2_t *error, void *context) {
  struct ch5_message *message = (struct ch5_message *)context;
  if (depth == 0 && error->desc != NULL) {
    strncpy(message->text, error->desc, message->capacity - 1);
    message->text[message->capacity - 1] = '\0';
  }
  return 0;
}

/* Copies the innermost message of this thread's error stack, which names the cause; an empty text where there is none. */
static inline void ch5_innermost_message(char *text, size_t capacity) {
  struct ch5_message message = {text, capacity};
  text[0] = '\0';
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, ch5_take_innermost, &message);
}
