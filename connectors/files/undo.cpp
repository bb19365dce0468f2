// Taking an import back.

#include "connectors/files/undo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "connectors/files/undo_rules.hpp"
#include "engine/codec/codec.hpp"

namespace daybook::files {
namespace {

namespace json = boost::json;

constexpr std::size_t number_bytes_max = 35;
constexpr std::string_view series_defined = "sales.NumberSeriesDefined";

std::string text_of(const json::object& object, std::string_view field) {
    const json::value* value = object.if_contains(field);
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : std::string{};
}

class Planner {
 public:
    Planner(const Log& log, const Id& import, const UndoOptions& options)
        : log_(log), options_(options), codec_(options.modules), undo_(undo_id(import)) {
        plan_.import = import;
        for (const DomainModule& module : options.modules) {
            if (module.name == "sales") sales_code_ = module.code();
        }
        for (const RecordDescription& event : codec_.events()) {
            if (event.full_name() == series_defined) series_type_ = event.type;
        }
    }

    Result<UndoPlan> plan() {
        DAYBOOK_TRY(const auto reader, log_.read(0));
        for (;;) {
            DAYBOOK_TRY(const auto events, reader->next());
            if (events.empty()) break;
            for (const EventBytes event : events) DAYBOOK_TRY_VOID(add(event));
        }
        if (plan_.events == 0) {
            return Error{
                ErrorCode::not_found,
                fmt::format("no event of the book belongs to import {}", to_string(plan_.import))};
        }
        std::erase_if(plan_.steps, [this](const UndoStep& step) {
            if (step.command.empty()) ++plan_.stays[step.event];
            return step.command.empty();
        });
        std::ranges::reverse(plan_.steps);
        for (const UndoStep& step : plan_.steps) {
            ++plan_.reversals[step.command];
            plan_.is_posted = plan_.is_posted || is_posted(*find_undo_rule(step.event));
        }
        return std::move(plan_);
    }

 private:
    Result<void> add(EventBytes event) {
        const EventHeader& header = header_of(event);
        const bool is_ours = flatbuffers::UnPack(header.trace()) == plan_.import;
        const bool is_series = header.module_() == sales_code_ && header.type() == series_type_;
        if (is_ours) ++plan_.events;
        if (flatbuffers::UnPack(header.command()) == undo_) {
            if (plan_.undone_events++ == 0) plan_.undone_position = header.position();
        }
        // What another event caused is taken back together with that one.
        const bool is_direct = header.cause_index() == caused_by_command;
        if (!is_series && (!is_ours || !is_direct)) return {};
        text_.clear();
        DAYBOOK_TRY_VOID(codec_.append_event(event, text_));
        json::error_code failed;
        const json::value parsed = json::parse(text_, failed);
        DAYBOOK_ASSERT(!failed);
        const std::string name = text_of(parsed.as_object(), "event");
        const json::object& body = parsed.at("body").as_object();
        if (is_series && body.contains("is_external")) {
            external_series_.insert(text_of(body, "series"));
        }
        if (is_ours) add_step(name, body, header.position());
        return {};
    }

    void add_step(const std::string& name, const json::object& body, std::uint64_t position) {
        if (name == "sales.OrderCancelled") drop("order " + text_of(body, "order"));
        const UndoRule* const rule = find_undo_rule(name);
        if (name == "crm.DealOpened") retracted_.insert("deal " + text_of(body, "deal"));
        if (name == "crm.LeadCaptured") retracted_.insert("lead " + text_of(body, "lead"));
        if (rule != nullptr && rule->command.empty()) {
            const std::string field{rule->with};
            if (!retracted_.contains(field + " " + text_of(body, field))) ++plan_.stays[name];
            return;
        }
        // A credit note of an invoice that is taken back as well: what is left of it is credited.
        const bool is_settled =
            name == "sales.CreditNoteIssued" && invoices_.contains(text_of(body, "invoice"));
        if (name == "inventory.StockMoved") drop("movement " + text_of(body, "reverses"));
        if (name == "purchasing.GoodsReceived") close(text_of(body, "order"));
        if (rule == nullptr || is_settled || is_nothing(name, body)) {
            ++plan_.stays[name];
            return;
        }
        json::object made = fill(*rule, body, position);
        if (name == "sales.InvoiceIssued") invoices_.insert(text_of(body, "invoice"));
        if (name == "sales.CreditNoteIssued") made["lines"] = lines_of(body);
        if (body.contains("number")) number(made, body);
        const std::size_t step = plan_.steps.size();
        if (name == "sales.OrderConfirmed") droppable_["order " + text_of(body, "order")] = step;
        if (name == "inventory.StockMoved") {
            droppable_["movement " + text_of(body, "movement")] = step;
        }
        if (name == "purchasing.OrderPlaced") placed_[text_of(body, "order")] = step;
        plan_.steps.push_back({position, name, std::string{rule->command}, json::serialize(made)});
    }

    // What came to nothing, or takes something back itself.
    static bool is_nothing(const std::string& name, const json::object& body) {
        if (name == "inventory.StockMoved") return body.contains("reverses");
        if (name != "purchasing.GoodsReceived") return false;
        return std::ranges::all_of(body.at("lines").as_array(), [](const json::value& line) {
            return text_of(line.as_object(), "accepted") == "0.000";
        });
    }

    // An order of which something came is not cancelled: nothing more is expected of it.
    void close(const std::string& order) {
        const auto found = placed_.find(order);
        if (found != placed_.end()) plan_.steps[found->second].command = "purchasing.CloseOrder";
    }

    json::object fill(const UndoRule& rule, const json::object& body, std::uint64_t position)
        const {
        json::object made;
        for (const Filled& filled : rule.fields) {
            const json::value* field = body.if_contains(filled.of);
            switch (filled.from) {
                case From::nothing: break;
                case From::field:
                    if (field != nullptr) made[filled.field] = *field;
                    break;
                case From::reversal:
                    made[filled.field] = to_string(
                        id_from_text(fmt::format("undo\n{}\n{}", to_string(plan_.import), position))
                    );
                    break;
                case From::date:
                    if (const Date date = date_of(rule); !date.is_none()) {
                        made[filled.field] = to_string(date);
                    }
                    break;
                case From::reason: made[filled.field] = options_.reason; break;
                case From::no: made[filled.field] = false; break;
                case From::word: made[filled.field] = std::string{filled.of}; break;
            }
        }
        return made;
    }

    // The day that the user chose; else what is posted counts on one that the books have.
    [[nodiscard]] Date date_of(const UndoRule& rule) const {
        return options_.date.is_none() && is_posted(rule) ? options_.posting_date : options_.date;
    }
    static bool is_posted(const UndoRule& rule) {
        const bool is_dated =
            std::ranges::find(rule.fields, From::date, &Filled::from) != std::end(rule.fields);
        return is_dated && !rule.command.starts_with("crm.");
    }

    // The lines of a credit note as an invoice asks for them.
    static json::array lines_of(const json::object& body) {
        constexpr std::array<std::string_view, 7> fields{
            "kind", "item", "quantity", "price", "discount", "tax_code", "posting_group"};
        json::array lines;
        for (const json::value& line : body.at("lines").as_array()) {
            json::object made;
            for (const std::string_view field : fields) {
                const json::value* value = line.as_object().if_contains(field);
                if (value != nullptr) made[field] = *value;
            }
            lines.push_back(std::move(made));
        }
        return lines;
    }

    // Numbers of another system come with the document; our own are assigned.
    void number(json::object& made, const json::object& body) const {
        const std::string series = text_of(body, "series");
        if (!external_series_.contains(series)) return;
        made["series"] = series;
        made["number"] = ("UNDO-" + text_of(body, "number")).substr(0, number_bytes_max);
    }

    // Nothing is left to do for this document.
    void drop(const std::string& document) {
        const auto found = droppable_.find(document);
        if (found == droppable_.end()) return;
        plan_.steps[found->second].command.clear();
        droppable_.erase(found);
    }

    const Log& log_;
    const UndoOptions& options_;
    Codec codec_;
    const Id undo_;
    UndoPlan plan_;
    std::string text_;
    std::uint32_t sales_code_ = 0;
    std::uint8_t series_type_ = 0;
    std::set<std::string, std::less<>> external_series_;
    std::set<std::string, std::less<>> invoices_;
    std::set<std::string, std::less<>>
        retracted_;                              // Deals and leads, with all that became of them.
    std::map<std::string, std::size_t> placed_;  // Orders to suppliers, to their steps.
    std::map<std::string, std::size_t> droppable_;  // Documents to steps that may prove needless.
};

}  // namespace

Id undo_id(const Id& import) {
    return id_from_text("undo\n" + to_string(import));
}

Result<UndoPlan> plan_undo(const Log& log, const Id& import, const UndoOptions& options) {
    DAYBOOK_ASSERT(!import.is_none());
    return Planner{log, import, options}.plan();
}

Result<std::vector<CommandMessage>> undo_batch(const UndoPlan& plan, const UndoOptions& options) {
    if (plan.steps.empty()) {
        return Error{
            ErrorCode::not_found,
            fmt::format("nothing of import {} can be taken back", to_string(plan.import))};
    }
    Codec codec{options.modules};
    const CommandDefaults defaults{.id = undo_id(plan.import), .actor = options.actor};
    std::vector<CommandMessage> batch;
    batch.reserve(plan.steps.size());
    for (const UndoStep& step : plan.steps) {
        DAYBOOK_TRY(
            CommandMessage message, codec.command_of_body(step.command, step.body, defaults)
        );
        batch.push_back(std::move(message));
    }
    return batch;
}

}  // namespace daybook::files
