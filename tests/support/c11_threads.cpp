// For the thread sanitizer, which knows POSIX threads and not those of C11: librdkafka's threads,
// mutexes and conditions are made by the former. In glibc a mutex of one kind is one of the other.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace {

struct Start {
    thrd_start_t function;
    void* argument;
};

void* run(void* given) {
    const std::unique_ptr<Start> start{static_cast<Start*>(given)};
    return reinterpret_cast<void*>(static_cast<std::intptr_t>(start->function(start->argument)));
}

int as_c11(int error) {
    switch (error) {
        case 0: return thrd_success;
        case EBUSY: return thrd_busy;
        case ETIMEDOUT: return thrd_timedout;
        case ENOMEM:
        case EAGAIN: return thrd_nomem;
        default: return thrd_error;
    }
}

pthread_mutex_t* posix(mtx_t* mutex) {
    return reinterpret_cast<pthread_mutex_t*>(mutex);
}
pthread_cond_t* posix(cnd_t* condition) {
    return reinterpret_cast<pthread_cond_t*>(condition);
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
    auto start = std::make_unique<Start>(Start{function, argument});
    const int error = pthread_create(thread, nullptr, &run, start.get());
    if (error == 0) static_cast<void>(start.release());
    return as_c11(error);
}
int thrd_join(thrd_t thread, int* result) {
    void* answer = nullptr;
    const int error = pthread_join(thread, &answer);
    if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(answer));
    return as_c11(error);
}
int mtx_lock(mtx_t* mutex) {
    return as_c11(pthread_mutex_lock(posix(mutex)));
}
int mtx_trylock(mtx_t* mutex) {
    return as_c11(pthread_mutex_trylock(posix(mutex)));
}
int mtx_unlock(mtx_t* mutex) {
    return as_c11(pthread_mutex_unlock(posix(mutex)));
}
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
    return as_c11(pthread_cond_wait(posix(condition), posix(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
    return as_c11(pthread_cond_timedwait(posix(condition), posix(mutex), until));
}
int cnd_signal(cnd_t* condition) {
    return as_c11(pthread_cond_signal(posix(condition)));
}
int cnd_broadcast(cnd_t* condition) {
    return as_c11(pthread_cond_broadcast(posix(condition)));
}

}  // extern "C"
