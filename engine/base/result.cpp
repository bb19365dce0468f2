#include "engine/base/result.hpp"

namespace daybook {

const char* name_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::invalid: return "invalid";
        case ErrorCode::too_large: return "too_large";
        case ErrorCode::busy: return "busy";
        case ErrorCode::denied: return "denied";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::io: return "io";
        case ErrorCode::disk_full: return "disk_full";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::too_new: return "too_new";
        case ErrorCode::conflict: return "conflict";
    }
    return "invalid";
}

}  // namespace daybook
