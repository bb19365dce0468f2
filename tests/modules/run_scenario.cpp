// Runs one scenario in one configuration: run_scenario CONFIGURATIONS.json NAME FILE.scenario.
// Prints each failure as file:line with what was expected and what was found.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/scenario.hpp"

namespace {

std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

int complain(const std::string& message) {
    fmt::print(stderr, "{}\n", message);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace daybook;
    const std::vector<std::string> arguments{argv + 1, argv + argc};
    if (arguments.size() != 3) {
        return complain("usage: run_scenario CONFIGURATIONS.json NAME FILE.scenario");
    }
    const auto configuration =
        scenario::parse_configuration(content_of(arguments[0]), arguments[1]);
    if (!configuration.ok() && configuration.error().code == ErrorCode::unavailable) {
        fmt::print("skipped: {}\n", configuration.error().message);
        constexpr int skipped = 77;
        return skipped;
    }
    if (!configuration.ok()) return complain(configuration.error().message);
    auto book = scenario::Book::open(configuration.value());
    if (!book.ok()) return complain(book.error().message);
    // sales_credit.scenario belongs to sales.
    const std::string file = std::filesystem::path{arguments[2]}.stem().string();
    const std::string text = content_of(arguments[2]);
    if (text.empty()) return complain("there is no scenario in " + arguments[2]);
    const auto failures = scenario::run(text, file.substr(0, file.find('_')), *book.value());
    for (const scenario::Failure& failure : failures) {
        fmt::print("{}:{}: {}\n", arguments[2], failure.line, failure.message);
    }
    return failures.empty() ? 0 : 1;
}
