// What the program answers to the shell.
#pragma once

#include "engine/base/result.hpp"

namespace daybook::cli {

enum class ExitCode : int {
    ok = 0,
    error = 1,
    usage = 2,
    findings = 3,  // A verification or an audit found something.
    not_found = 4,
    conflict = 5,  // Also a command that a rule refused.
    denied = 6,
    unavailable = 7,
    interrupted = 130,
};

[[nodiscard]] constexpr ExitCode exit_code_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found: return ExitCode::not_found;
        case ErrorCode::conflict: return ExitCode::conflict;
        case ErrorCode::denied: return ExitCode::denied;
        case ErrorCode::busy:
        case ErrorCode::unavailable: return ExitCode::unavailable;
        case ErrorCode::corrupt: return ExitCode::findings;
        case ErrorCode::invalid:
        case ErrorCode::too_large:
        case ErrorCode::io:
        case ErrorCode::disk_full:
        case ErrorCode::too_new: break;
    }
    return ExitCode::error;
}

}  // namespace daybook::cli
