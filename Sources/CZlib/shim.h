#pragma once
#include <zlib.h>

/* inflateInit2 is a macro that Swift cannot import. windowBits 15 + 16: a gzip wrapper is required. */
static inline int czlib_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

/* deflateInit2 is a macro too. Default strategy and memory, gzip wrapper; the header holds no name and no time, so that equal
   content makes equal files. */
static inline int czlib_deflate_init_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/* inflateInit is one as well. A zlib wrapper is required. */
static inline int czlib_inflate_init(z_stream *stream) { return inflateInit(stream); }
