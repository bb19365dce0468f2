// Picks a subcommand; nothing else.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>

#include "cli/doctor.hpp"
#include "cli/interrupt.hpp"
#include "cli/session.hpp"

namespace daybook::cli {
namespace {

void add_common_options(CLI::App& program, CommonOptions& options) {
    static const std::map<std::string, Format> formats = {
        {"table", Format::table},
        {"json", Format::json},
        {"jsonl", Format::jsonl},
        {"csv", Format::csv}};
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
    program.add_option("--format", options.format, "table, json, jsonl or csv")
        ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case).description(""))
        ->type_name("FORM")
        ->envname("DAYBOOK_FORMAT");
    program.add_flag_callback(
        "--json", [&] { options.format = Format::json; }, "One JSON document"
    );
    program.add_flag_callback(
        "--jsonl", [&] { options.format = Format::jsonl; }, "A JSON object a line"
    );
    program.add_flag_callback(
        "--csv", [&] { options.format = Format::csv; }, "CSV (RFC 4180)"
    );
    program.add_flag("--no-color", options.no_color, "No colours; NO_COLOR does the same");
    program.add_flag("--quiet,-q", options.quiet, "Say nothing but data and errors");
    program.add_flag("--verbose,-v", options.verbose, "Say more");
    program.add_flag("--yes,-y", options.yes, "Take yes for the answer to every question");
    program.add_flag("--no-input", options.no_input, "Ask nothing: refuse instead");
}

// The edit distance of Levenshtein (1966).
std::size_t distance_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

const CLI::App* subcommand_of(const CLI::App& parent, std::string_view word) {
    for (const CLI::App* command : parent.get_subcommands({})) {
        if (command->get_name() == word) return command;
    }
    return nullptr;
}

std::string nearest_subcommand(const CLI::App& program, std::string_view word) {
    std::string nearest;
    std::size_t least = 3;
    for (const CLI::App* command : program.get_subcommands({})) {
        const std::size_t distance = distance_between(command->get_name(), word);
        if (distance < least) {
            least = distance;
            nearest = command->get_name();
        }
    }
    return nearest;
}

ExitCode refuse_usage(
    const CLI::App& program, const CLI::ParseError& error, int count, char** words
) {
    std::cerr << "daybook: " << error.what() << "\n";
    const CLI::App* parent = &program;
    std::string path = "daybook";
    for (int i = 1; i < count; ++i) {
        if (const CLI::App* command = subcommand_of(*parent, words[i])) {
            parent = command;
            path += " " + command->get_name();
            continue;
        }
        const std::string nearest = nearest_subcommand(*parent, words[i]);
        if (nearest.empty()) continue;
        std::cerr << "Did you mean: " << path << " " << nearest << "?\n";
        break;
    }
    std::cerr << "See: " << path << " --help\n";
    return ExitCode::usage;
}

constexpr auto examples = R"(Examples:
  daybook demo                          fill a book with a company's year and look at it
  daybook init acme --currency EUR      start a book
  daybook -b acme import exports/ --map orders.map
  daybook -b acme report trial-balance --as-of 2026-06-30
  daybook -b acme explain trial-balance 411000
)";

ExitCode run(int count, char** words) {
    Session session;
    catch_interrupts();
    CLI::App program{"Daybook: a company's books from one log.", "daybook"};
    program.set_version_flag("--version", std::string{"daybook "} + DAYBOOK_VERSION);
    program.footer(examples);
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
    try {
        program.parse(count, words);
    } catch (const CLI::CallForHelp&) {
        std::cout << program.help();
        return ExitCode::ok;
    } catch (const CLI::CallForVersion& version) {
        std::cout << version.what() << "\n";
        return ExitCode::ok;
    } catch (const CLI::ParseError& error) {
        return refuse_usage(program, error, count, words);
    }
    const Verbosity verbosity = session.options.quiet     ? Verbosity::quiet
                                : session.options.verbose ? Verbosity::verbose
                                                          : Verbosity::normal;
    session.terminal = std::make_unique<Terminal>(Terminal::Settings{
        .no_color = session.options.no_color, .verbosity = verbosity});
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
