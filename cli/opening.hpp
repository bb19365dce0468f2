// The first commands of a new book: its currency and chart, a fiscal year, number series, payment
// terms and a pipeline. Ordinary commands: everything here can be changed or added to later.
#pragma once

#include <string>
#include <vector>

#include "engine/base/date.hpp"
#include "engine/base/id.hpp"
#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"

namespace daybook::cli {

struct Opening {
    std::string name;
    std::string currency = "EUR";
    std::string country = "FR";
    std::string chart = "pcg";  // "pcg" or "general"
    Date first_day;             // Of the first fiscal year. Each has twelve months.
    int years = 1;
};

// As JSON, in the order in which they must be submitted.
[[nodiscard]] std::vector<std::string> opening_commands(const Opening& opening);
// Whether a book can start so: tries it in memory, so that a wrong option leaves no folder behind.
[[nodiscard]] Result<void> check_opening(const Id& actor, const Opening& opening);
// Submits them. The Error says which was refused and why.
[[nodiscard]] Result<void> submit_opening(
    Engine& engine, Codec& codec, const Id& actor, const Opening& opening
);

}  // namespace daybook::cli
