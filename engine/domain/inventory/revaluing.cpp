// More or less cost on receipts. What is still on hand takes its part. Of what has left, that which
// went on to other pools takes its part along, from receipt to receipt, as far as it went by that
// day; the rest fell on goods that left for good.

#include <map>

#include "engine/domain/inventory/costs.hpp"
#include "engine/domain/inventory/policies.hpp"
#include "engine/domain/inventory/rules.hpp"

namespace daybook::inventory {

RevaluedLine revalued_line(const Stock& state, const Costing& costing, const RevaluedPart& part) {
    const PoolKey& key = costing.pool(part.pool).key;
    const Currency base = state.settings.get().base;
    const bool is_standard = costing.is_standard(part.pool);
    const std::int64_t to_gone = part.split.to_sold;
    return RevaluedLine{
        wired(key.item),
        wired(state.items.find(key.item)->posting_group),
        wired(state.locations.contains(key.scope) ? key.scope : Id{}),
        wired(key.scope),
        part.receipt,
        wired(Money::from_minor(part.revaluing.amount, base)),
        wired(Money::from_minor(part.split.to_stock, base)),
        wired(Money::from_minor(is_standard ? 0 : to_gone, base)),
        wired(Money::from_minor(is_standard ? to_gone : 0, base)),
        part.revaluing.moment.sequence(),
        part.revaluing.reason};
}

namespace {

// What comes upon a receipt: of its own, and with its goods from others.
struct Burden {
    std::uint64_t receipt = 0;
    std::int64_t amount = 0;
    struct Share {
        std::uint64_t from = 0;
        std::int64_t amount = 0;
    };
    std::vector<Share> passed;
};

// Goods never lie before what they were made of: in the order of the receipts' moments, all that
// comes upon one is known when it has its turn.
class RevaluingAll {
 public:
    RevaluingAll(const Stock& state, const RevaluationHeader& header)
        : state_(state), header_(header), costing_(state) {}

    void add(const ReceiptAmount& one) {
        Burden& burden = burden_of(one.receipt);
        burden.amount += one.amount;
    }
    // False if a pool's totals have no room for it.
    [[nodiscard]] bool run() {
        while (!burdens_.empty()) {
            const Burden burden = burdens_.begin()->second;
            burdens_.erase(burdens_.begin());
            if (!revalue(burden)) return false;
        }
        return true;
    }
    [[nodiscard]] StockRevaluedT& event() { return event_; }
    [[nodiscard]] Costing& costing() { return costing_; }

 private:
    Burden& burden_of(std::uint64_t receipt) {
        Burden& burden = burdens_[costing_.find_line(receipt)->moment()];
        burden.receipt = receipt;
        return burden;
    }

    bool revalue(const Burden& burden) {
        std::int64_t amount = burden.amount;
        for (const Burden::Share& share : burden.passed) amount += share.amount;
        if (amount == 0 && burden.passed.empty()) return true;
        const MovedLine line = *costing_.find_line(burden.receipt);
        costing_.enter_policies(costing_.pool(line.pool).key.item, header_.days.date);
        Revaluing revaluing;
        const std::uint64_t sequence = costing_.take_sequence();
        revaluing.moment = counted_at(state_, header_.days.date, rank_of_others, sequence);
        revaluing.reason = header_.reason;
        revaluing.receipt = line.moment();
        revaluing.amount = amount;
        if (!costing_.fits(line.pool, revaluing)) return false;
        Revalued split = costing_.revalue(line.pool, revaluing);
        const Costing::Leaving leaving = costing_.leaving_of(line.pool, revaluing);
        for (const ReceiptAmount& part : leaving.passed) {
            split.to_sold -= part.amount;
            burden_of(part.receipt).passed.push_back({sequence, part.amount});
        }
        event_.issues.insert(
            event_.issues.end(), leaving.delivered.begin(), leaving.delivered.end()
        );
        for (const Burden::Share& share : burden.passed) {
            const Currency base = state_.settings.get().base;
            event_.passed.emplace_back(
                share.from, sequence, wired(Money::from_minor(share.amount, base))
            );
        }
        revaluing.amount = burden.amount;
        event_.lines.push_back(
            revalued_line(state_, costing_, {line.pool, revaluing, burden.receipt, split})
        );
        return true;
    }

    const Stock& state_;
    const RevaluationHeader& header_;
    Costing costing_;
    std::map<cost::Moment, Burden> burdens_;
    StockRevaluedT event_;
};

Refused no_room(const Stock& state, const std::vector<ReceiptAmount>& amounts) {
    std::int64_t sum = 0;
    for (const ReceiptAmount& one : amounts) sum += one.amount;
    return no(
        Refusal::value_too_large,
        "amount",
        to_string(Money::from_minor(sum, state.settings.get().base)),
        "an amount that the item's totals have room for"
    );
}

// What comes upon the line from others.
std::int64_t passed_to(const StockRevalued& event, std::uint64_t sequence) {
    std::int64_t sum = 0;
    if (event.passed() == nullptr) return sum;
    for (const PassedCost* passed : *event.passed()) {
        if (passed->to() == sequence) sum += read(passed->amount()).minor();
    }
    return sum;
}
std::int64_t passed_from(const StockRevalued& event, std::uint64_t sequence) {
    std::int64_t sum = 0;
    if (event.passed() == nullptr) return sum;
    for (const PassedCost* passed : *event.passed()) {
        if (passed->from() == sequence) sum += read(passed->amount()).minor();
    }
    return sum;
}

}  // namespace

Decision revalue_receipts(
    const Stock& state, RevaluationHeader header, const std::vector<ReceiptAmount>& amounts
) {
    RevaluingAll revaluing{state, header};
    for (const ReceiptAmount& one : amounts) revaluing.add(one);
    if (!revaluing.run()) return no_room(state, amounts);
    StockRevaluedT& event = revaluing.event();
    if (event.lines.empty()) return {};
    event.revaluation = header.revaluation;
    event.source = header.source;
    event.date = header.days.date;
    event.accounting_date = header.days.accounting_date;
    event.text = std::move(header.text);
    for (const RevaluedLine& line : event.lines) {
        const auto checked = check_standard(state, read(line.item()), header.days.date, "receipts");
        if (!checked.ok()) return checked.refused();
    }
    const auto handed = check_handed(state, revaluing.costing());
    if (!handed.ok()) return handed.refused();
    const Cause cause{header.revaluation, header.days};
    Decision decision;
    add_handed(state, revaluing.costing(), cause, decision);
    decision.add(std::move(event));
    add_restatement(state, revaluing.costing(), cause, decision);
    return decision;
}

void apply(Stock& state, const StockRevalued& event) {
    state.documents.at(read(event.revaluation())) = DocumentKind::revaluation;
    Costing costing{state};
    for (const RevaluedLine* line : *event.lines()) {
        // A new standard has counted already.
        if (line->receipt() == 0) continue;
        const Id item = read(line->item());
        costing.enter_policies(item, read(event.date()));
        note_day(state, *state.items.find(item), read(event.date()));
        const MovedLine receipt = *costing.find_line(line->receipt());
        Revaluing revaluing;
        const std::uint64_t sequence = costing.take_sequence();
        DAYBOOK_ASSERT(sequence == line->sequence());
        revaluing.moment = counted_at(state, read(event.date()), rank_of_others, sequence);
        revaluing.reason = line->reason();
        revaluing.receipt = receipt.moment();
        revaluing.amount = read(line->amount()).minor() + passed_to(event, line->sequence());
        const Revalued split = costing.revalue(receipt.pool, revaluing);
        DAYBOOK_ASSERT(split.to_stock == read(line->to_stock()).minor());
        const Money to_gone = read(line->to_sold()) + read(line->to_variance());
        DAYBOOK_ASSERT(split.to_sold == to_gone.minor() + passed_from(event, line->sequence()));
        costing.add_later(costing.leaving_of(receipt.pool, revaluing).delivered);
    }
    costing.store(state);
}

}  // namespace daybook::inventory
