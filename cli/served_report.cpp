#include "cli/served_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/moment.hpp"
#include "cli/rendering.hpp"
#include "engine/domain/read.hpp"
#include "projections/core/known_at.hpp"
#include "projections/core/registry.hpp"
#include "projections/core/render.hpp"

namespace daybook::cli {
namespace {

Result<const Report*> find(std::string_view name) {
    const Report* const report = find_report(registered_projections(), name);
    if (report != nullptr) return report;
    return Error{
        ErrorCode::not_found,
        fmt::format("there is no report \"{}\"; GET the book's reports for the list", name)};
}

std::string render(http::Form form, const ReportTable& table, const ReportContext& context) {
    switch (form) {
        case http::Form::json: return render_json(table, context);
        case http::Form::jsonl: return render_json_lines(table, context);
        case http::Form::csv: break;
    }
    return render_csv(table);
}

}  // namespace

Result<http::ReportDocument> served_report(
    const Log& log, const Follower& follower, const http::ReportQuestion& question
) {
    DAYBOOK_TRY(const Report* const report, find(question.name));
    ReportRequest request;
    DAYBOOK_TRY(request.as_of, as_of(question.as_of));
    DAYBOOK_TRY(request.known_at, position_known_at(log, question.known_at));
    request.options = question.options;
    ReportTable table;
    http::ReportDocument document;
    {
        const Query query = follower.query();
        document.position = query.position();
        request.known_at = std::min(request.known_at, document.position);
        DAYBOOK_TRY(table, run_report(*report, query, request));
    }
    const ReportContext context{
        .report = report->name,
        .as_of = request.as_of,
        .known_at = request.known_at,
        .position = document.position,
        .log_root = {},
    };
    document.body = render(question.form, table, context);
    return document;
}

std::vector<http::ReportDescription> served_reports() {
    std::vector<http::ReportDescription> reports;
    for (const RegisteredProjection& projection : registered_projections()) {
        for (const Report& report : projection.projection->reports) {
            http::ReportDescription& described = reports.emplace_back();
            described.name = report.name;
            described.title = report.title;
            described.summary = report.summary;
            for (const ReportOption& option : report.options) {
                described.options.push_back({
                    .name = std::string{option.name},
                    .type = name_of(option.type),
                    .summary = std::string{option.summary},
                    .is_required = option.is_required,
                });
            }
        }
    }
    return reports;
}

std::uint64_t lag_nanos(const Log& log, std::uint64_t rows_position, Instant now) {
    if (rows_position >= log.end()) return 0;
    const auto reader = log.read(rows_position);
    if (!reader.ok()) return 0;
    const auto events = reader.value()->next();
    if (!events.ok() || events.value().empty()) return 0;
    const Instant recorded = read(header_of(events.value().front()).recorded_at());
    return static_cast<std::uint64_t>(std::max(now.nanos() - recorded.nanos(), std::int64_t{0}));
}

}  // namespace daybook::cli
