// One statement after another on one book. A command's outcome is kept until the next command, so
// that what follows can be held against it.
#include "tests/support/scenario.hpp"

#include <fmt/format.h>

#include <optional>

#include "tests/support/scenario_tables.hpp"
#include "tests/support/scenario_text.hpp"

namespace daybook::scenario {
namespace {

// What the last command came to.
struct Outcome {
    std::size_t line = 0;
    std::optional<Answer> answer;  // None: it never reached the engine.
    std::string error;             // Then why, or why the engine failed.
    std::vector<Value> events;     // Of its batch, as objects of the codec's JSON.
    bool is_judged = false;        // A refused or failed statement has followed.
};

std::string quoted(std::string_view text) {
    return to_json(Value{.text = std::string{text}});
}

class Runner {
 public:
    Runner(std::string_view module, Book& book) : module_(module), book_(book) {}

    std::vector<Failure> run(std::string_view text) {
        for (const Statement& statement : parse_statements(text)) {
            const Result<void> done = perform(statement);
            if (!done.ok()) failures_.push_back({statement.line, done.error().message});
        }
        judge_accepted();
        check_book();
        return std::move(failures_);
    }

 private:
    Result<void> perform(const Statement& statement) {
        if (statement.verb == "do") return do_command(statement);
        if (statement.verb == "refused") return check_refused(statement);
        if (statement.verb == "failed") return check_failed(statement);
        judge_accepted();
        if (statement.verb == "events") return check_events(statement, "");
        if (statement.verb == "own") return check_events(statement, module_ + ".");
        if (statement.verb == "at") return set_day(statement);
        if (statement.verb == "as") return set_actor(statement);
        if (statement.verb == "rows" || statement.verb == "report") return check_rows(statement);
        if (statement.verb == "mark") {
            marks_[statement.text] = book_.end();
            return {};
        }
        return wrong(fmt::format("there is no statement \"{}\"", statement.verb));
    }

    static Error wrong(std::string message) {
        return Error{ErrorCode::invalid, std::move(message)};
    }

    std::string full_name(const std::string& name) const {
        return name.find('.') == std::string::npos ? module_ + "." + name : name;
    }
    std::string short_name(std::string_view name) const {
        const std::string prefix = module_ + ".";
        return std::string{name.starts_with(prefix) ? name.substr(prefix.size()) : name};
    }

    Result<void> set_day(const Statement& statement) {
        DAYBOOK_TRY(const Date day, parse_date(statement.text));
        book_.clock().set_day(day);
        return {};
    }
    Result<void> set_actor(const Statement& statement) {
        DAYBOOK_TRY(actor_, parse_id(statement.text));
        return {};
    }

    Result<void> do_command(const Statement& statement) {
        judge_accepted();
        outcome_ = Outcome{.line = statement.line};
        const std::string whole = statement.whole();
        std::string_view text = whole;
        const std::string name = take_word(text);
        const auto options = take_options(text);
        DAYBOOK_TRY(const Value body, parse_value(text));
        DAYBOOK_TRY(const CommandDefaults defaults, defaults_from(options));
        Result<CommandMessage> message =
            book_.codec().command_of_body(full_name(name), to_json(body), defaults);
        if (!message.ok()) {
            outcome_->error = message.error().message;
            return {};
        }
        DAYBOOK_TRY(message.value().expected_version, version_from(options));
        return submit(message.value());
    }

    Result<CommandDefaults> defaults_from(
        const std::vector<std::pair<std::string, std::string>>& options
    ) {
        CommandDefaults defaults{.actor = actor_};
        DAYBOOK_TRY(defaults.id, parse_id(fmt::format("scenario-{}", ++command_count_)));
        for (const auto& [key, value] : options) {
            if (key == "id") {
                DAYBOOK_TRY(defaults.id, parse_id(value));
            } else if (key != "version") {
                return wrong(
                    fmt::format("a command has no option \"{}\"; it may be id, version", key)
                );
            }
        }
        return defaults;
    }
    static Result<std::optional<std::uint32_t>> version_from(
        const std::vector<std::pair<std::string, std::string>>& options
    ) {
        std::optional<std::uint32_t> version;
        for (const auto& [key, value] : options) {
            if (key != "version") continue;
            DAYBOOK_TRY(const std::int64_t number, parse_decimal(value, 0));
            version = static_cast<std::uint32_t>(number);
        }
        return version;
    }

    Result<void> submit(const CommandMessage& message) {
        DAYBOOK_TRY(outcome_->answer, book_.submit(message));
        const Answer& answer = *outcome_->answer;
        if (answer.outcome == Answer::Outcome::failed) outcome_->error = answer.error.message;
        if (answer.outcome != Answer::Outcome::accepted) return {};
        DAYBOOK_TRY(const auto events, book_.events_from(answer.first_position));
        for (std::size_t i = 0; i < events.size() && i < answer.event_count; ++i) {
            DAYBOOK_TRY(Value event, parse_value(events[i]));
            outcome_->events.push_back(std::move(event));
        }
        return {};
    }

    // "events A {...}\n        B {...}", or the refusal, or the failure.
    std::string found() const {
        if (!outcome_->error.empty()) return "failed " + quoted(outcome_->error);
        const Answer& answer = *outcome_->answer;
        if (answer.outcome == Answer::Outcome::refused) return refusal_text(answer.refusal);
        if (outcome_->events.empty()) return "events none";
        std::string text = "events ";
        for (const Value& event : outcome_->events) {
            if (!text.ends_with("events ")) text += "\n       ";
            text += short_name(event.find("event")->text) + " " + to_text(*event.find("body"));
        }
        return text;
    }
    std::string refusal_text(const RefusalReport& refusal) const {
        std::string text = "refused " + rule_of(refusal);
        if (!refusal.reason.at.empty()) text += " at " + refusal.reason.at;
        if (!refusal.reason.found.empty()) text += " found " + quoted(refusal.reason.found);
        if (!refusal.reason.needed.empty()) text += " needed " + quoted(refusal.reason.needed);
        return text;
    }
    std::string rule_of(const RefusalReport& refusal) const {
        return short_name(fmt::format("{}.{}", refusal.module, refusal.rule));
    }

    // Once for each command, when it is clear that no refusal was expected.
    void judge_accepted() {
        if (!outcome_ || outcome_->is_judged) return;
        outcome_->is_judged = true;
        const bool is_accepted =
            outcome_->answer && outcome_->answer->outcome == Answer::Outcome::accepted;
        if (is_accepted) return;
        failures_.push_back({outcome_->line, "the command was not accepted\n" + found()});
        outcome_.reset();
    }

    // All events of the batch, or only those whose names begin so.
    Result<void> check_events(const Statement& statement, const std::string& prefix) {
        // A failure of the command has been reported already.
        if (!outcome_) return {};
        std::vector<Value> events;
        for (const Value& event : outcome_->events) {
            if (event.find("event")->text.starts_with(prefix)) events.push_back(event);
        }
        const std::string whole = statement.whole();
        std::string_view text = whole;
        std::vector<std::pair<std::string, Value>> expected;
        while (true) {
            const std::string name = take_word(text);
            if (name.empty() || name == "none") break;
            DAYBOOK_TRY(Value body, take_value(text));
            expected.emplace_back(name, std::move(body));
        }
        if (!text.empty()) return wrong("this is no list of events: " + std::string{text});
        if (expected.size() != events.size()) {
            return wrong(fmt::format(
                "expected {} events, found {}\n{}", expected.size(), events.size(), found()
            ));
        }
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto& [name, body] = expected[i];
            const Value& event = events[i];
            if (full_name(name) != event.find("event")->text) {
                return wrong(fmt::format("event {} is not {}\n{}", i + 1, name, found()));
            }
            const std::string differs = difference(body, *event.find("body"));
            if (!differs.empty()) return wrong(fmt::format("{}{}\n{}", name, differs, found()));
        }
        return {};
    }

    Result<void> check_refused(const Statement& statement) {
        if (!outcome_) return wrong("no command stands before this");
        outcome_->is_judged = true;
        const bool is_refused =
            outcome_->answer && outcome_->answer->outcome == Answer::Outcome::refused;
        if (!is_refused) return wrong("the command was not refused\n" + found());
        const RefusalReport& refusal = outcome_->answer->refusal;
        const std::string whole = statement.whole();
        std::string_view text = whole;
        const std::string rule = take_word(text);
        if (full_name(rule) != full_name(rule_of(refusal))) {
            return wrong("another rule refused it\n" + found());
        }
        while (true) {
            const std::string part = take_word(text);
            if (part.empty()) return {};
            const std::string expected = take_word(text);
            const Reason& reason = refusal.reason;
            const std::string* value = part == "at"       ? &reason.at
                                       : part == "found"  ? &reason.found
                                       : part == "needed" ? &reason.needed
                                                          : nullptr;
            if (value == nullptr) return wrong("a refusal has no \"" + part + "\"");
            if (*value != expected) {
                return wrong(fmt::format("the reason differs in \"{}\"\n{}", part, found()));
            }
        }
    }

    Result<void> check_failed(const Statement& statement) {
        if (!outcome_) return wrong("no command stands before this");
        outcome_->is_judged = true;
        const std::string whole = statement.whole();
        std::string_view text = whole;
        const std::string expected = take_word(text);
        if (outcome_->error.empty() || outcome_->error.find(expected) == std::string::npos) {
            return wrong("the failure differs\n" + found());
        }
        return {};
    }

    Result<void> check_rows(const Statement& statement) {
        DAYBOOK_TRY(const Query query, book_.query());
        if (statement.verb == "report") return check_report(query, statement, marks_);
        return check_table(query, statement);
    }
    // Whatever the scenario did, the rows must be those of a fresh fold and pass their checks.
    void check_book() {
        const auto findings = book_.check_rows();
        if (!findings.ok()) failures_.push_back({0, findings.error().message});
        if (!findings.ok()) return;
        for (const Finding& finding : findings.value()) {
            failures_.push_back({0, finding.where + ": " + finding.message});
        }
    }

    std::string module_;
    Book& book_;
    Id actor_ = id_from_code("tester");
    std::size_t command_count_ = 0;
    Marks marks_;
    std::optional<Outcome> outcome_;
    std::vector<Failure> failures_;
};

}  // namespace

std::vector<Failure> run(std::string_view text, std::string_view module, Book& book) {
    return Runner{module, book}.run(text);
}

}  // namespace daybook::scenario
