#include "cli/usage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/nearest.hpp"

namespace daybook::cli {
namespace {

// The words, followed as far as the program knows them.
struct Followed {
    const CLI::App* command;
    std::string path = "daybook";
    std::string unknown;  // The first word or option without a meaning there; "" if there is none.
};

// A command takes the options of those above it, too.
const CLI::Option* option_of(const CLI::App* command, const std::string& name) {
    for (; command != nullptr; command = command->get_parent()) {
        if (const CLI::Option* option = command->get_option_no_throw(name)) return option;
    }
    return nullptr;
}

const CLI::App* subcommand_of(const CLI::App& parent, std::string_view word) {
    for (const CLI::App* command : parent.get_subcommands({})) {
        if (command->get_name() == word) return command;
    }
    return nullptr;
}

bool takes_words(const CLI::App& command) {
    return std::ranges::any_of(command.get_options({}), &CLI::Option::get_positional);
}

Followed follow(const CLI::App& program, std::span<char* const> words) {
    Followed followed{.command = &program};
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word.starts_with('-') && word.size() > 1) {
            const std::size_t end = word.starts_with("--") ? word.find('=') : 2;
            const std::string name = word.substr(0, end);
            const CLI::Option* option = option_of(followed.command, name);
            if (option == nullptr) {
                followed.unknown = name;
                break;
            }
            const bool has_own_value = name.size() < word.size();
            if (option->get_items_expected_max() > 0 && !has_own_value) ++i;
            continue;
        }
        if (const CLI::App* command = subcommand_of(*followed.command, word)) {
            followed.command = command;
            followed.path += " " + command->get_name();
        } else if (!takes_words(*followed.command)) {
            followed.unknown = word;
            break;
        }
    }
    return followed;
}

std::vector<std::string> names_like(const Followed& followed) {
    std::vector<std::string> names;
    if (!followed.unknown.starts_with('-')) {
        for (const CLI::App* command : followed.command->get_subcommands({})) {
            names.push_back(command->get_name());
        }
        return names;
    }
    for (const CLI::App* app = followed.command; app != nullptr; app = app->get_parent()) {
        for (const CLI::Option* option : app->get_options({})) {
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        }
    }
    return names;
}

void say_unknown(const Followed& followed) {
    const bool is_option = followed.unknown.starts_with('-');
    std::cerr
        << (is_option
                ? fmt::format("daybook: \"{}\" has no option {}\n", followed.path, followed.unknown)
                : fmt::format("daybook: there is no \"{} {}\"\n", followed.path, followed.unknown));
    const std::vector<std::string> names = names_like(followed);
    const std::string_view nearest = nearest_name(followed.unknown, {names.begin(), names.end()});
    if (nearest.empty()) return;
    std::cerr << fmt::format(
        "Did you mean: {}{}?\n", is_option ? "" : followed.path + " ", nearest
    );
}

bool is_about_unknown_words(const CLI::ParseError& error) {
    const int code = error.get_exit_code();
    return code == static_cast<int>(CLI::ExitCodes::ExtrasError) ||
           code == static_cast<int>(CLI::ExitCodes::RequiredError);
}

}  // namespace

ExitCode refuse_usage(
    const CLI::App& program, const CLI::ParseError& error, std::span<char* const> words
) {
    const Followed followed = follow(program, words);
    if (followed.unknown.empty() || !is_about_unknown_words(error)) {
        std::cerr << "daybook: " << error.what() << "\n";
    } else {
        say_unknown(followed);
    }
    std::cerr << fmt::format("See: {} --help\n", followed.path);
    return ExitCode::usage;
}

}  // namespace daybook::cli
