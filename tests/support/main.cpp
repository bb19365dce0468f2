// The entry point of every test program.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#if defined(__SANITIZE_THREAD__)
// RocksDB comes compiled, without the notes that the thread sanitizer needs to follow it.
extern "C" const char* __tsan_default_suppressions() {
    return "called_from_lib:librocksdb.so\nrace:rocksdb\nmutex:rocksdb\n";
}
#endif
