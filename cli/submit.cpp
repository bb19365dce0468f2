// `daybook submit`: commands as JSON Lines from a file, standard input or the command line.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <optional>

#include "cli/answers.hpp"
#include "cli/interrupt.hpp"
#include "cli/pipeline.hpp"
#include "cli/progress.hpp"
#include "cli/records.hpp"
#include "cli/session.hpp"
#include "cli/wiring.hpp"

namespace daybook::cli {
namespace {

struct SubmitOptions {
    std::vector<std::string> sources;
    bool list = false;
    std::string describe;
};

struct Counts {
    std::uint64_t lines = 0;
    std::uint64_t accepted = 0;
    std::uint64_t repeated = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
};

void count(Counts& counts, const Answer& answer) {
    switch (answer.outcome) {
        case Answer::Outcome::accepted:
            ++(answer.is_repeated ? counts.repeated : counts.accepted);
            break;
        case Answer::Outcome::refused: ++counts.refused; break;
        case Answer::Outcome::failed: ++counts.failed; break;
    }
}

// Answers as they come, an object each; none for people.
std::optional<RecordLines> records_for(const Session& session) {
    if (!session.wants_records()) return std::nullopt;
    return std::make_optional<RecordLines>(
        session,
        Columns{
            "id",
            "outcome",
            "first_position",
            "event_count",
            "document_version",
            "repeated",
            "rule",
            "at",
            "found",
            "needed",
            "line",
            "code",
            "message"}
    );
}

// Sends each line of a stream; a line that is no command is counted as refused and named.
class Sender {
 public:
    Sender(const Session& session, Book& book, Engine& engine)
        : session_(session),
          book_(book),
          records_(records_for(session)),
          progress_(*session.terminal, "submitting", "commands"),
          pipeline_(engine, [this](const CommandMessage& sent, const Answer& answer) {
              use(sent, answer);
          }) {}

    [[nodiscard]] Result<void> send_all(std::istream& lines, std::string_view name) {
        std::string line;
        for (std::uint64_t number = 1; std::getline(lines, line) && !is_interrupted(); ++number) {
            if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
            ++counts_.lines;
            DAYBOOK_TRY_VOID(send(line, fmt::format("{}:{}", name, number)));
            progress_.at(counts_.lines, 0);
        }
        return {};
    }
    [[nodiscard]] const Counts& finish() {
        pipeline_.drain();
        return counts_;
    }

 private:
    Result<void> send(std::string_view line, std::string_view place) {
        const CommandDefaults defaults{
            .id = uuid_v7(
                static_cast<std::uint64_t>(book_.clock().now().nanos() / 1'000'000),
                book_.random().next(),
                book_.random().next()
            ),
            .actor = actor_of(session_),
        };
        const Result<CommandMessage> command = book_.codec().command(line, defaults);
        if (command) return pipeline_.send(command.value());
        pipeline_.drain();
        ++counts_.refused;
        show_malformed(place, command.error());
        return {};
    }
    void show_malformed(std::string_view place, const Error& error) {
        if (records_) {
            return records_->add(
                {{"outcome", "malformed"},
                 {"line", place},
                 {"code", name_of(error.code)},
                 {"message", error.message}}
            );
        }
        session_.terminal->error({error.code, fmt::format("{}: {}", place, error.message)});
    }
    void use(const CommandMessage& sent, const Answer& answer) {
        count(counts_, answer);
        if (records_) {
            records_->add(answer_record(answer, sent.id));
        } else if (answer.outcome != Answer::Outcome::accepted || counts_.lines <= 20) {
            session_.terminal->out(answer_text(answer) + "\n");
        }
    }

    const Session& session_;
    Book& book_;
    const std::optional<RecordLines> records_;
    Counts counts_;
    Progress progress_;
    Pipeline pipeline_;
};

bool is_list(std::string_view source) {
    return source.starts_with('[') && source.ends_with(']');
}

Result<void> send_sources(Sender& sender, const std::vector<std::string>& sources) {
    if (sources.empty()) return sender.send_all(std::cin, "standard input");
    for (const std::string& source : sources) {
        if (source == "-") {
            DAYBOOK_TRY_VOID(sender.send_all(std::cin, "standard input"));
            continue;
        }
        if (source.starts_with('{')) {
            // One command, on however many lines: JSON takes a line end for a space.
            std::string joined = source;
            std::ranges::replace(joined, '\n', ' ');
            std::istringstream line{joined};
            DAYBOOK_TRY_VOID(sender.send_all(line, "argument"));
            continue;
        }
        std::ifstream file{source};
        if (!file) return Error{ErrorCode::not_found, fmt::format("{}: no such file", source)};
        DAYBOOK_TRY_VOID(sender.send_all(file, source));
    }
    return {};
}

ExitCode submit(const Session& session, const SubmitOptions& options) {
    const auto book = Book::open(place_of(session), Access::write);
    if (!book) return session.fail(book.error());
    const auto engine = book.value()->engine();
    if (!engine) return session.fail(engine.error());
    Sender sender{session, *book.value(), *engine.value()};
    const Result<void> sent = send_sources(sender, options.sources);
    const Counts& counts = sender.finish();
    session.terminal->say(fmt::format(
        "{} commands: {} accepted, {} accepted before, {} refused, {} failed",
        count_text(counts.lines),
        count_text(counts.accepted),
        count_text(counts.repeated),
        count_text(counts.refused),
        count_text(counts.failed)
    ));
    if (!sent) return session.fail(sent.error());
    if (is_interrupted()) return ExitCode::interrupted;
    if (counts.failed > 0) return ExitCode::unavailable;
    return counts.refused > 0 ? ExitCode::conflict : ExitCode::ok;
}

ExitCode list_commands(const Session& session) {
    const Codec codec{domain_modules()};
    if (session.wants_records()) {
        boost::json::array records;
        for (const RecordDescription& command : codec.commands()) {
            records.push_back({{"command", command.full_name()}, {"example", command.example}});
        }
        print_records(session, {"command", "example"}, records);
        return ExitCode::ok;
    }
    for (const RecordDescription& command : codec.commands()) {
        session.terminal->out(fmt::format("{:<36} {}\n", command.full_name(), command.name));
    }
    return ExitCode::ok;
}

void print_fields(
    const Session& session, const std::vector<FieldDescription>& fields, std::size_t depth
) {
    for (const FieldDescription& field : fields) {
        std::string marks;
        if (field.is_required) marks += " required";
        if (field.is_personal) marks += " personal";
        const std::string choices = fmt::format("{}", fmt::join(field.choices, ", "));
        session.terminal->out(fmt::format(
            "{:{}}{:<{}} {}{}{}\n",
            "",
            depth * 2,
            field.name,
            28 - depth * 2,
            field.type,
            choices.empty() ? "" : ": " + choices,
            marks.empty() ? "" : " (" + marks.substr(1) + ")"
        ));
        print_fields(session, field.fields, depth + 1);
    }
}

// CSV has the fields of the first level.
const Columns field_columns = {"name", "type", "is_required", "is_personal", "example"};

boost::json::array records_of(const std::vector<FieldDescription>& fields) {
    boost::json::array records;
    for (const FieldDescription& field : fields) {
        boost::json::object record{
            {"name", field.name},
            {"type", field.type},
            {"is_required", field.is_required},
            {"is_personal", field.is_personal},
            {"example", field.example}};
        if (!field.choices.empty()) record["choices"] = boost::json::value_from(field.choices);
        if (!field.fields.empty()) record["fields"] = records_of(field.fields);
        records.push_back(std::move(record));
    }
    return records;
}

ExitCode describe_command(const Session& session, const std::string& name) {
    const Codec codec{domain_modules()};
    const auto command = codec.describe_command(name);
    if (!command) return session.fail(command.error());
    if (session.options.format == Format::csv) {
        print_records(session, field_columns, records_of(command.value()->fields));
        return ExitCode::ok;
    }
    if (session.wants_records()) {
        print_record(
            session,
            field_columns,
            {{"command", command.value()->full_name()},
             {"fields", records_of(command.value()->fields)}}
        );
        return ExitCode::ok;
    }
    session.terminal->out(fmt::format("{}\n", command.value()->full_name()));
    print_fields(session, command.value()->fields, 1);
    return ExitCode::ok;
}

}  // namespace

void add_submit(CLI::App& program, Session& session) {
    auto& options = session.keep<SubmitOptions>();
    CLI::App* command = program.add_subcommand("submit", "Submit commands, a JSON object a line");
    command->add_option(
        "source", options.sources, "Files, - for standard input, or commands themselves"
    );
    command->add_flag("--list", options.list, "List every command");
    command->add_option("--describe", options.describe, "Describe the fields of a command");
    command->footer(
        "Examples:\n"
        "  daybook submit --describe crm.RegisterParty\n"
        "  daybook submit '{\"command\": \"crm.RegisterParty\", \"body\": {\"party\": \"C-1\", "
        "\"kind\": \"organisation\", \"name\": \"Acme\"}}'\n"
        "  daybook submit commands.jsonl\n"
    );
    set_run(*command, session, [&] {
        // CLI11 takes a word in brackets for the words in it, and [] for none.
        const auto list = std::ranges::find_if(session.words, &is_list);
        if (list != session.words.end()) {
            return session.refuse(
                fmt::format(
                    "{} is no command; one command is a JSON object, and several are a line each "
                    "in a file or standard input",
                    *list
                ),
                "daybook submit"
            );
        }
        if (options.list) return list_commands(session);
        if (!options.describe.empty()) return describe_command(session, options.describe);
        return submit(session, options);
    });
}

}  // namespace daybook::cli
