#include "cli/interrupt.hpp"

#include <csignal>

namespace daybook::cli {
namespace {

// The one thing that a signal handler may touch.
volatile std::sig_atomic_t interrupted = 0;

void note_interrupt(int number) {
    interrupted = 1;
    std::signal(number, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
    std::signal(SIGINT, note_interrupt);
    std::signal(SIGTERM, note_interrupt);
}

bool is_interrupted() {
    return interrupted != 0;
}

}  // namespace daybook::cli
