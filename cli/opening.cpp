#include "cli/opening.hpp"

#include <fmt/format.h>

#include "cli/answers.hpp"
#include "engine/base/currency.hpp"
#include "engine/log/memory_log.hpp"
#include "engine/os/clock.hpp"

namespace daybook::cli {
namespace {

std::string command(std::string_view id, std::string_view name, std::string_view body) {
    return fmt::format(R"({{"id": "init-{}", "command": "{}", "body": {{{}}}}})", id, name, body);
}

std::string fiscal_year(Date first) {
    return fmt::format(
        R"("year": "{}", "first": "{}", "last": "{}")",
        first.year(),
        to_string(first),
        to_string(first.plus_months(12).plus_days(-1))
    );
}

void add_accounting(std::vector<std::string>& commands, const Opening& opening) {
    commands.push_back(command(
        "book",
        "accounting.ConfigureBook",
        fmt::format(
            R"("name": {}, "base_currency": "{}", "country": "{}", )"
            R"("payment_difference_max": "{} 1")",
            json_text(opening.name),
            opening.currency,
            opening.country,
            opening.currency
        )
    ));
    commands.push_back(
        command("chart", "accounting.AdoptChart", fmt::format(R"("chart": "{}")", opening.chart))
    );
    for (int year = 0; year < opening.years; ++year) {
        const Date first = opening.first_day.plus_months(12 * year);
        const std::string id = fmt::format("year-{}", first.year());
        commands.push_back(command(id, "accounting.OpenFiscalYear", fiscal_year(first)));
    }
}

void add_sales(std::vector<std::string>& commands) {
    const auto series = [](std::string_view code, std::string_view pattern, std::string_view flags
                        ) {
        return command(
            fmt::format("series-{}", code),
            "sales.DefineNumberSeries",
            fmt::format(R"("series": "{}", "pattern": "{}"{})", code, pattern, flags)
        );
    };
    commands.push_back(
        series("invoices", "F{year}-{number:6}", R"(, "is_default_for_invoices": true)")
    );
    commands.push_back(
        series("credit notes", "A{year}-{number:6}", R"(, "is_default_for_credit_notes": true)")
    );
    const auto terms = [](std::string_view code, std::string_view name, std::string_view instalments
                       ) {
        return command(
            fmt::format("terms-{}", code),
            "sales.DefinePaymentTerms",
            fmt::format(
                R"("payment_terms": "{}", "name": "{}", "instalments": [{}])",
                code,
                name,
                instalments
            )
        );
    };
    commands.push_back(terms("CASH", "Due at once", R"({"share": "100%"})"));
    commands.push_back(terms("NET30", "30 days", R"({"share": "100%", "days": 30})"));
    commands.push_back(terms(
        "EOM45", "45 days, end of month", R"({"share": "100%", "days": 45, "end_of_month": true})"
    ));
    commands.push_back(terms(
        "HALVES",
        "Half at once, half in 60 days",
        R"({"share": "50%"}, {"share": "50%", "days": 60})"
    ));
}

void add_crm(std::vector<std::string>& commands) {
    commands.push_back(command(
        "pipeline",
        "crm.DefinePipeline",
        R"("pipeline": "sales", "name": "Sales", "stages": [)"
        R"({"stage": "new", "name": "New", "probability": "10%", )"
        R"("next": ["qualified"], "cannot_win": true}, )"
        R"({"stage": "qualified", "name": "Qualified", "probability": "30%", )"
        R"("next": ["proposal"], "cannot_win": true}, )"
        R"({"stage": "proposal", "name": "Proposal", "probability": "50%", )"
        R"("required_fields": ["amount"], "next": ["negotiation", "qualified"]}, )"
        R"({"stage": "negotiation", "name": "Negotiation", "probability": "75%", )"
        R"("required_fields": ["amount"], "next": ["proposal"]}], )"
        R"("won_requires": ["amount"], )"
        R"("lost_reasons": ["price", "timing", "competitor", "no-budget", "no-answer", "other"])"
    ));
}

}  // namespace

std::vector<std::string> opening_commands(const Opening& opening) {
    std::vector<std::string> commands;
    add_accounting(commands, opening);
    add_sales(commands);
    add_crm(commands);
    return commands;
}

Result<void> check_opening(const Id& actor, const Opening& opening) {
    MemoryLog log;
    const SystemClock clock;
    EngineOptions options;
    options.clock = &clock;
    DAYBOOK_TRY(Engine engine, Engine::open(log, options));
    Codec codec{domain_modules()};
    return submit_opening(engine, codec, actor, opening);
}

Result<void> submit_opening(Engine& engine, Codec& codec, const Id& actor, const Opening& opening) {
    for (const std::string& json : opening_commands(opening)) {
        DAYBOOK_TRY(CommandMessage message, codec.command(json, {.id = {}, .actor = actor}));
        const Answer answer = engine.submit_and_wait(std::move(message));
        if (answer.outcome == Answer::Outcome::accepted) continue;
        return Error{ErrorCode::conflict, fmt::format("{}: {}", json, answer_text(answer))};
    }
    return {};
}

}  // namespace daybook::cli
