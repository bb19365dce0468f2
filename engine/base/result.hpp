// What a call answers when the world may fail: a value, or an Error with one sentence and a code
// chosen by what the caller can do about it.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/base/assert.hpp"

namespace daybook {

enum class ErrorCode : unsigned char {
    not_found,    // Name something that exists.
    invalid,      // Correct the input.
    too_large,    // Send less at once; the message names the limit.
    busy,         // Try again later, or close the other process that is at it.
    denied,       // Ask for the right.
    unavailable,  // The service cannot answer now.
    io,           // The disk or the operating system failed.
    disk_full,    // Free space, then resume.
    corrupt,      // Stored bytes are damaged: restore or repair.
    too_new,      // Written by a newer version: upgrade the program.
    conflict,     // It exists already, or changed meanwhile.
};

// The code as one word, for people and for JSON: "not_found", "io", ...
[[nodiscard]] const char* name_of(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::invalid;
    std::string message;  // One sentence: what was tried, on what, what was found, what to do.
};

template <class T>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    [[nodiscard]] T& value() & {
        DAYBOOK_ASSERT(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] const T& value() const& {
        DAYBOOK_ASSERT(ok());
        return *std::get_if<0>(&state_);
    }
    [[nodiscard]] T&& value() && {
        DAYBOOK_ASSERT(ok());
        return std::move(*std::get_if<0>(&state_));
    }
    [[nodiscard]] const Error& error() const& {
        DAYBOOK_ASSERT(!ok());
        return *std::get_if<1>(&state_);
    }
    [[nodiscard]] Error&& error() && {
        DAYBOOK_ASSERT(!ok());
        return std::move(*std::get_if<1>(&state_));
    }

 private:
    std::variant<T, Error> state_;
};

struct Nothing {};

template <>
class [[nodiscard]] Result<void> : public Result<Nothing> {
 public:
    Result() : Result<Nothing>(Nothing{}) {}
    Result(Error error) : Result<Nothing>(std::move(error)) {}
};

}  // namespace daybook

#define DAYBOOK_TRY_JOIN(a, b) a##b
#define DAYBOOK_TRY_NAME(line) DAYBOOK_TRY_JOIN(daybook_try_, line)
#define DAYBOOK_TRY_NAMED(name, declaration, expression) \
    auto name = (expression);                            \
    if (!name.ok()) return std::move(name).error();      \
    declaration = std::move(name).value()
// Passes an error up, or binds the value: DAYBOOK_TRY(auto file, open(path));
#define DAYBOOK_TRY(declaration, expression) \
    DAYBOOK_TRY_NAMED(DAYBOOK_TRY_NAME(__LINE__), declaration, expression)
// The same for a call that answers nothing on success.
#define DAYBOOK_TRY_VOID(expression)                                      \
    if (auto daybook_try_result = (expression); !daybook_try_result.ok()) \
    return std::move(daybook_try_result).error()
