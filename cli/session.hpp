// What every subcommand shares: the options that stand before or behind it, the terminal, and the
// function that it wants to be run as.
#pragma once

#include <CLI/CLI.hpp>
#include <any>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/terminal.hpp"
#include "cli/wiring.hpp"
#include "engine/base/id.hpp"

namespace daybook::cli {

enum class Format : unsigned char { automatic, table, json, jsonl, csv };

struct CommonOptions {
    std::string book = "book";
    std::string local;               // Where the copy of a book in Kafka is kept.
    std::vector<std::string> kafka;  // Properties of librdkafka, name=value.
    std::string node = "cli";        // Who claims a book in Kafka.
    std::string actor;
    Format format = Format::automatic;
    bool no_color = false;
    bool no_pager = false;
    bool quiet = false;
    bool verbose = false;
    bool yes = false;
    bool no_input = false;
};

struct Session {
    CommonOptions options;
    std::span<char* const> words;  // As they were typed.
    std::unique_ptr<Terminal> terminal;
    // Set by the subcommand that was named.
    std::function<ExitCode()> run;
    // The subcommands' own options: CLI11 writes into them while it parses.
    std::deque<std::any> kept;

    template <class T>
    [[nodiscard]] T& keep() {
        return std::any_cast<T&>(kept.emplace_back(T{}));
    }
    // Whether a program reads the answer: JSON or CSV was asked for.
    [[nodiscard]] bool wants_records() const {
        return options.format != Format::automatic && options.format != Format::table;
    }
    // Prints the error and answers its exit code.
    [[nodiscard]] ExitCode fail(const Error& error) const {
        terminal->error(error);
        return exit_code_of(error.code);
    }
    // For words that say too little or contradict each other: names the help to read.
    [[nodiscard]] ExitCode refuse(std::string_view what, std::string_view command) const;
    // A table where a person looks, else CSV; or what was asked for.
    [[nodiscard]] Format format() const {
        if (options.format != Format::automatic) return options.format;
        return terminal->shows_tables() ? Format::table : Format::csv;
    }
};

// What the callback of a subcommand does: remembers the function that will be run.
template <class Run>
void set_run(CLI::App& command, Session& session, Run run) {
    command.callback([&session, run] { session.run = run; });
}

// Each adds its subcommand to the program; the session outlives it.
void add_init(CLI::App& program, Session& session);
void add_demo(CLI::App& program, Session& session);
void add_demo_backdating(CLI::App& demo, Session& session);
void add_report(CLI::App& program, Session& session);
void add_explain(CLI::App& program, Session& session);
void add_import(CLI::App& program, Session& session);
CLI::App* add_import_undo(CLI::App& import, Session& session);
void add_export(CLI::App& program, Session& session);
void add_submit(CLI::App& program, Session& session);
void add_serve(CLI::App& program, Session& session);
void add_log(CLI::App& program, Session& session);
void add_rebuild(CLI::App& program, Session& session);
void add_check(CLI::App& program, Session& session);
void add_verify(CLI::App& program, Session& session);
void add_book(CLI::App& program, Session& session);
void add_completion(CLI::App& program, Session& session);

// The book of --book, or another one, with the options that a book in Kafka needs.
[[nodiscard]] BookPlace place_of(const Session& session);
[[nodiscard]] BookPlace place_of(const Session& session, std::string text);

// Who acts: --actor, or the login name.
[[nodiscard]] Id actor_of(const Session& session);

// What `daybook` alone says: the state of the book and three next steps.
[[nodiscard]] ExitCode show_state(const Session& session);

}  // namespace daybook::cli
