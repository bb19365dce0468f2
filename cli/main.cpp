// Picks a subcommand; nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <span>

#include "cli/defaults.hpp"
#include "cli/doctor.hpp"
#include "cli/interrupt.hpp"
#include "cli/session.hpp"
#include "cli/usage.hpp"

namespace daybook::cli {
namespace {

constexpr std::pair<const char*, Format> forms[] = {
    {"table", Format::table},
    {"json", Format::json},
    {"jsonl", Format::jsonl},
    {"csv", Format::csv}};

std::string wrong_form(const std::string& name) {
    for (const auto& [form, format] : forms) {
        if (name == form) return {};
    }
    return fmt::format("\"{}\" is no form of output; use table, json, jsonl or csv", name);
}

Format form_of(std::string_view name) {
    for (const auto& [form, format] : forms) {
        if (name == form) return format;
    }
    return Format::automatic;
}

// The environment's choice is no default of the option, because each of the flags stands above it.
void add_format_options(CLI::App& program, CommonOptions& options) {
    program
        .add_option_function<std::string>(
            "--format",
            [&](const std::string& name) { options.format = form_of(name); },
            "table, json, jsonl or csv; also DAYBOOK_FORMAT"
        )
        ->check({[](std::string& name) { return wrong_form(name); }, ""})
        ->type_name("FORM");
    const auto add_flag = [&](const std::string& name, const std::string& help) {
        const auto choose = [&options, form = form_of(name)] { options.format = form; };
        program.add_flag_callback("--" + name, choose, help);
    };
    add_flag("json", "One JSON document; answers that come one by one are an object a line");
    add_flag("jsonl", "A JSON object a line");
    add_flag("csv", "CSV (RFC 4180)");
}

bool is_form_clear(const CLI::App& program) {
    const std::initializer_list<const char*> choices = {"--format", "--json", "--jsonl", "--csv"};
    return std::ranges::count_if(choices, [&](const char* choice) {
               return program.count(choice) > 0;
           }) <= 1;
}

void add_common_options(CLI::App& program, CommonOptions& options) {
    program
        .add_option("--book,-b", options.book, "The folder of the book, or kafka://HOST:PORT/BOOK")
        ->envname("DAYBOOK_BOOK")
        ->capture_default_str();
    program.add_option("--local", options.local, "The folder of the copy of a book in Kafka")
        ->envname("DAYBOOK_LOCAL");
    program
        .add_option("--kafka", options.kafka, "A property of librdkafka, as security.protocol=SSL")
        ->type_name("NAME=VALUE")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    program.add_option("--node", options.node, "The name under which a book in Kafka is claimed")
        ->envname("DAYBOOK_NODE")
        ->capture_default_str();
    program.add_option("--actor", options.actor, "Who acts; by default the login name")
        ->envname("DAYBOOK_ACTOR");
    add_format_options(program, options);
    program.add_flag(
        "--no-pager", options.no_pager, "Long tables as they are; DAYBOOK_PAGER=cat too"
    );
    program.add_flag("--no-color", options.no_color, "No colours; NO_COLOR does the same");
    program.add_flag("--quiet,-q", options.quiet, "Say nothing but data and errors");
    program.add_flag("--verbose,-v", options.verbose, "Say more");
    program.add_flag("--yes,-y", options.yes, "Take yes for the answer to every question");
    program.add_flag("--no-input", options.no_input, "Ask nothing: refuse instead");
}

constexpr auto examples = R"(Examples:
  daybook demo                          fill a book with a company's year and look at it
  daybook init acme --currency EUR      start a book
  daybook -b acme import exports/ --map orders.map
  daybook -b acme report trial-balance --as-of 2026-06-30
  daybook -b acme explain trial-balance 411000

Defaults for book, format, actor, local, node and pager, as `book = "acme"`, stand in
~/.config/daybook/config.toml; DAYBOOK_BOOK and so on stand above them.
)";

ExitCode run(int count, char** words) {
    Session session;
    session.words = std::span{words, static_cast<std::size_t>(count)}.subspan(1);
    catch_interrupts();
    CLI::App program{"Daybook: a company's books from one log.", "daybook"};
    program.set_version_flag("--version", std::string{"daybook "} + DAYBOOK_VERSION);
    program.fallthrough();
    program.require_subcommand(0, 1);
    add_common_options(program, session.options);
    for (const auto add :
         {add_init,
          add_demo,
          add_import,
          add_submit,
          add_report,
          add_explain,
          add_serve,
          add_doctor,
          add_log,
          add_rebuild,
          add_check,
          add_verify,
          add_book,
          add_export,
          add_completion}) {
        add(program, session);
    }
    // Behind the subcommands, which would show it for want of their own.
    program.footer(examples);
    const Result<void> chosen = take_defaults();
    if (!chosen) return session.refuse(chosen.error().message, "daybook");
    if (const char* form = std::getenv("DAYBOOK_FORMAT"); form != nullptr && *form != '\0') {
        const std::string wrong = wrong_form(form);
        if (!wrong.empty()) return session.refuse("DAYBOOK_FORMAT: " + wrong, "daybook");
        session.options.format = form_of(form);
    }
    try {
        program.parse(count, words);
    } catch (const CLI::CallForHelp&) {
        std::cout << program.help();
        return ExitCode::ok;
    } catch (const CLI::CallForVersion& version) {
        std::cout << version.what() << "\n";
        return ExitCode::ok;
    } catch (const CLI::ParseError& error) {
        return refuse_usage(program, error, session.words);
    }
    if (!is_form_clear(program)) {
        return session.refuse("choose one of --format, --json, --jsonl and --csv", "daybook");
    }
    const Verbosity verbosity = session.options.quiet     ? Verbosity::quiet
                                : session.options.verbose ? Verbosity::verbose
                                                          : Verbosity::normal;
    session.terminal = std::make_unique<Terminal>(Terminal::Settings{

        .no_color = session.options.no_color,
        .no_pager = session.options.no_pager,
        .verbosity = verbosity});
    return session.run ? session.run() : show_state(session);
}

// An answer that a full disk cut short is no answer.
ExitCode with_answer_written(ExitCode code) {
    const bool is_whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (is_whole) return code;
    fmt::print(
        stderr,
        "daybook: the answer could not be written whole: is there room where it goes? (io)\n"
    );
    return code == ExitCode::ok ? ExitCode::error : code;
}

}  // namespace
}  // namespace daybook::cli

int main(int count, char** words) {
    using namespace daybook::cli;
    return static_cast<int>(with_answer_written(run(count, words)));
}
