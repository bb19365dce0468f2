// Goods in the books: whatever moves stock or changes its cost is booked in the same batch, in base
// currency, on the accounting date that inventory worked out by the same periods. Where no stock
// account is assigned the accounts do not follow the stock, and purchases are an expense.
//
// Three ways, by one setting, of the same events. Cost at delivery: a receipt waits for its bill on
// goods received, not invoiced, and what leaves is cost of sales. Cost at invoice: what leaves
// waits for its invoice. Stock variation: purchases are an expense when they are billed, and
// everything that the stock gains or loses is set against it (in France 603).

#include "engine/domain/accounting/goods.hpp"

#include <algorithm>

namespace daybook::accounting {
namespace {

using inventory::MoveReason;

GoodsMatching matching_of(const Books& state) {
    return state.goods.get().matching;
}
bool is_variation(const Books& state) {
    return matching_of(state) == GoodsMatching::stock_variation;
}

// Where purchases are an expense nothing of them has to be remembered.
bool remembers_purchases(const Books& state) {
    return follows_stock(state) && !is_variation(state);
}

AccountRole variance_role(const Books& state) {
    return is_variation(state) ? AccountRole::stock_variation : AccountRole::cost_variance;
}

const char* words_of(MoveReason reason) {
    switch (reason) {
        case MoveReason::opening: return "Opening stock ";
        case MoveReason::purchase_receipt: return "Goods received ";
        case MoveReason::purchase_return: return "Goods returned to supplier ";
        case MoveReason::delivery: return "Goods delivered ";
        case MoveReason::customer_return: return "Goods returned by customer ";
        case MoveReason::transfer: return "Transfer ";
        case MoveReason::count_gain:
        case MoveReason::count_loss: return "Stock count ";
        case MoveReason::scrap: return "Scrap ";
        case MoveReason::consumption: return "Consumption ";
        case MoveReason::repack: return "Repacking ";
        case MoveReason::production_issue:
        case MoveReason::production_receipt: return "Production ";
        case MoveReason::revaluation: return "Revaluation ";
        case MoveReason::policy_change: return "Valuation policy ";
        case MoveReason::landed_cost: return "Landed cost ";
        case MoveReason::price_variance: return "Price variance ";
        case MoveReason::true_up: return "Provisional cost made good ";
        case MoveReason::cost_variance: return "Variance of cost ";
        default: return "Stock ";
    }
}

Checked<Id> stock_account(const Books& state, const Id& pool, const Id& group) {
    const Id* account = pool.is_none() ? nullptr : state.roles.find({AccountRole::stock, pool});
    if (account != nullptr) return *account;
    return account_for(state, AccountRole::stock, group);
}

Checked<Id> stock_journal(const Books& state) {
    const Id* own = state.journal_roles.find(JournalKind::stock);
    return own != nullptr ? Checked<Id>{*own} : journal_for(state, JournalKind::general, Id{});
}

// What is noted of a source is for its own movement, not for what inventory does on the way to it.
bool is_of_source(const inventory::StockMoved& event) {
    switch (event.lines()->Get(0)->reason()) {
        case MoveReason::purchase_receipt:
        case MoveReason::purchase_return:
        case MoveReason::delivery:
        case MoveReason::customer_return: return true;
        default: return false;
    }
}

// A movement on its way into the books.
class Movement {
 public:
    Movement(const Books& state, const inventory::StockMoved& event)
        : state_(state),
          event_(event),
          source_(read_or_none(event.source())),
          sold_(state.sold.find(source_)),
          matcher_(state) {}

    [[nodiscard]] Decision add_lines() {
        for (const inventory::StockLine* line : *event_.lines()) {
            const std::int64_t value = read(line->value()).minor();
            if (value != 0) {
                Decision no = sums_.add_stock(
                    state_, read(line->scope()), read(line->posting_group()), value
                );
                if (no.is_refused()) return no;
            }
            if (Decision no = add_against(*line, value); no.is_refused()) return no;
        }
        if (Decision no = add_variances(); no.is_refused()) return no;
        if (Decision no = add_purchase(); no.is_refused()) return no;
        add_true_ups();
        return matcher_.add_to(sums_);
    }
    [[nodiscard]] AccountSums& sums() { return sums_; }
    [[nodiscard]] GoodsMatcher& matcher() { return matcher_; }

 private:
    // What stands against a line. Purchases are summed up, because what was billed before counts
    // for the document as a whole.
    [[nodiscard]] Decision add_against(const inventory::StockLine& line, std::int64_t value) {
        const MoveReason reason = line.reason();
        if (!is_variation(state_)) {
            if (reason == MoveReason::purchase_receipt) {
                received_ += value;
                return {};
            }
            if (reason == MoveReason::purchase_return) {
                sent_back_ -= value;
                has_return_ = true;
                group_ = read(line.posting_group());
                return {};
            }
            if (is_matched_later(line)) return match(line, value);
        }
        const AccountRole role = role_against(state_, reason);
        if (role == AccountRole::none || value == 0) return {};
        return sums_.add(state_, role, read(line.posting_group()), -static_cast<Wide>(value));
    }
    [[nodiscard]] bool is_matched_later(const inventory::StockLine& line) const {
        if (matching_of(state_) != GoodsMatching::cost_at_invoice || sold_ == nullptr) return false;
        const bool is_sale =
            line.reason() == MoveReason::delivery || line.reason() == MoveReason::customer_return;
        return is_sale && line.source_line() >= 1 && line.source_line() <= sold_->lines.size() &&
               read(line.quantity()).milli() != 0;
    }
    [[nodiscard]] Decision match(const inventory::StockLine& line, std::int64_t value) {
        const GoodsKey key = sold_->lines[line.source_line() - 1U];
        const Quantity quantity = read(line.quantity());
        const bool is_out = quantity.is_negative();
        const GoodsMatcher::Issue issue{
            .sequence = line.sequence(),
            .posting_group = read(line.posting_group()),
            .day = read(event_.date()),
            .quantity = is_out ? -quantity : quantity,
            .cost_minor = is_out ? -value : value};
        if (is_out) {
            matcher_.deliver(key, issue);
        } else {
            matcher_.take_back(key, line.original(), issue);
        }
        return {};
    }

    // What is made good of goods that wait for their invoice waits with them.
    void add_true_ups() {
        if (event_.true_ups() == nullptr) return;
        for (const inventory::TrueUp* one : *event_.true_ups()) {
            const auto part = matcher_.restate(one->issue(), one->minor(), read(one->kept()));
            if (part.minor != 0) matcher_.expense(part.posting_group, -part.minor);
        }
    }

    // What a line was worth to the other side beyond what the stock gains or loses: under standard
    // cost, or when goods that are sent back cost something else by now.
    [[nodiscard]] Decision add_variances() {
        if (event_.variances() == nullptr) return {};
        for (const inventory::LineVariance* variance : *event_.variances()) {
            const auto line = std::find_if(
                event_.lines()->begin(),
                event_.lines()->end(),
                [&](const inventory::StockLine* each) {
                    return each->sequence() == variance->sequence();
                }
            );
            if (line == event_.lines()->end()) continue;
            const std::int64_t amount = read(variance->amount()).minor();
            const Id group = read((*line)->posting_group());
            const bool is_balanced = role_against(state_, (*line)->reason()) == AccountRole::none;
            // Purchases are an expense already: only what stands against no purchase is left.
            if (is_variation(state_) && !is_balanced) continue;
            if (Decision no = sums_.add(state_, variance_role(state_), group, amount);
                no.is_refused())
                return no;
            if (Decision no = add_variance_against(**line, amount); no.is_refused()) return no;
        }
        return {};
    }
    [[nodiscard]] Decision add_variance_against(
        const inventory::StockLine& line, std::int64_t amount
    ) {
        if (line.reason() == MoveReason::purchase_receipt) {
            received_ += amount;
            return {};
        }
        if (line.reason() == MoveReason::purchase_return) {
            sent_back_ -= amount;
            return {};
        }
        const AccountRole role = role_against(state_, line.reason());
        if (role == AccountRole::none) return {};
        return sums_.add(state_, role, read(line.posting_group()), -static_cast<Wide>(amount));
    }

    // What was billed before it came leaves goods in transit, what was billed before it was sent
    // back is a credit to be expected; the rest has no bill yet.
    [[nodiscard]] Decision add_purchase() {
        const PurchasedGoods said = state_.purchased.get(source_);
        if (received_ != 0) {
            const Wide before = said.billed_before;
            Decision no = add(AccountRole::goods_in_transit, -before);
            if (no.is_refused()) return no;
            no = add(AccountRole::goods_received_not_invoiced, before - received_);
            if (no.is_refused()) return no;
        }
        if (!has_return_) return {};
        if (said.accrued == 0 && said.credit_expected == 0) {
            return add(AccountRole::goods_received_not_invoiced, sent_back_);
        }
        Decision no = add(AccountRole::goods_received_not_invoiced, said.accrued);
        if (no.is_refused()) return no;
        no = add(AccountRole::supplier_credit_expected, said.credit_expected);
        if (no.is_refused()) return no;
        // What the stock loses beyond what the supplier gives back.
        const Wide difference = sent_back_ - said.accrued - said.credit_expected;
        if (difference == 0) return {};
        return sums_.add(state_, AccountRole::cost_of_sales, group_, difference);
    }
    [[nodiscard]] Decision add(AccountRole role, Wide minor) {
        return minor == 0 ? Decision{} : sums_.add(state_, role, Id{}, minor);
    }

    const Books& state_;
    const inventory::StockMoved& event_;
    Id source_;
    const SoldGoods* sold_;
    GoodsMatcher matcher_;
    AccountSums sums_;
    Wide received_ = 0;   // Purchased goods that came in,
    Wide sent_back_ = 0;  // and that went back, at what the other side gives for them.
    bool has_return_ = false;
    Id group_;
};

// More or less cost: the part of it that the goods on hand take and the part of those that left.
Decision add_revalued(const Books& state, AccountSums& sums, const inventory::RevaluedLine& line) {
    const Id group = read(line.posting_group());
    const std::int64_t to_stock = read(line.to_stock()).minor();
    const std::int64_t to_sold = read(line.to_sold()).minor();
    const std::int64_t to_variance = read(line.to_variance()).minor();
    const Wide amount = read(line.amount()).minor();
    if (to_stock != 0) {
        Decision no = sums.add_stock(state, read(line.scope()), group, to_stock);
        if (no.is_refused()) return no;
    }
    if (is_variation(state)) {
        if (to_stock == 0) return {};
        return sums.add(state, AccountRole::stock_variation, group, -static_cast<Wide>(to_stock));
    }
    if (to_sold != 0) {
        Decision no = sums.add(state, AccountRole::cost_of_sales, group, to_sold);
        if (no.is_refused()) return no;
    }
    if (to_variance != 0) {
        Decision no = sums.add(state, AccountRole::cost_variance, group, to_variance);
        if (no.is_refused()) return no;
    }
    if (amount == 0) return {};
    return sums.add(state, role_against(state, line.reason()), group, -amount);
}

// What is delivered and waits for its invoice takes its part out of the cost of sales.
Decision take_out(const Books& state, AccountSums& sums, const GoodsMatcher::Restated& part) {
    const Wide minor = part.minor;
    Decision no = sums.add(state, AccountRole::cost_of_sales, part.posting_group, -minor);
    if (no.is_refused()) return no;
    return sums.add(state, AccountRole::goods_delivered_not_invoiced, Id{}, minor);
}

Decision move_waiting(
    const Books& state,
    GoodsMatcher& matcher,
    const inventory::StockRevalued& event,
    AccountSums& sums
) {
    if (event.issues() == nullptr || state.waiting_issues.size() == 0) return {};
    for (const inventory::IssueChange* issue : *event.issues()) {
        const auto part = matcher.restate_kept(issue->sequence(), issue->minor());
        if (part.minor == 0) continue;
        if (Decision no = take_out(state, sums, part); no.is_refused()) return no;
    }
    return {};
}

// The entries of a restatement, one for each accounting date.
class Restatement {
 public:
    explicit Restatement(const Books& state) : state_(state), matcher_(state) {}

    [[nodiscard]] Decision add(const inventory::RestatedLine& line) {
        const Id group = read(line.posting_group());
        Day& day = day_of(read(line.day()), read(line.accounting_date()));
        const Wide old_cost = read(line.old_cost()).minor();
        const Wide new_cost = read(line.new_cost()).minor();
        const Wide more = new_cost - old_cost;
        if (more == 0) return {};
        Decision no = day.sums.add_stock(state_, read(line.scope()), group, -more);
        if (no.is_refused()) return no;
        day.old_cost += old_cost;
        day.new_cost += new_cost;
        AccountRole role = role_against(state_, line.reason());
        if (role == AccountRole::none) {
            day.unbalanced += more;
            day.group = group;
            return {};
        }
        // Of a variance or landed cost only the parts change that stock and cost of sales take.
        if (role == AccountRole::price_variance || role == AccountRole::landed_cost_clearing) {
            role = AccountRole::cost_of_sales;
        }
        return day.sums.add(state_, role, group, more);
    }
    [[nodiscard]] Decision move_waiting(const inventory::CostRestated& event) {
        if (state_.waiting_issues.size() == 0) return {};
        const auto* issues = event.issues();
        for (std::uint32_t i = 0; issues != nullptr && i < issues->size(); ++i) {
            const inventory::IssueChange& issue = *issues->Get(i);
            const auto part = matcher_.restate(issue.sequence(), issue.minor());
            if (part.minor == 0) continue;
            // A day on which costs changed and their sum did not has no line.
            Day& day = day_of(part.day, state_.days.accounting_date(part.day));
            if (Decision no = take_out(state_, day.sums, part); no.is_refused()) return no;
        }
        return move_true_ups(event);
    }
    [[nodiscard]] Decision post(Posting& posting, const inventory::CostRestated& event) {
        const Id restatement = read(event.restatement());
        const Id cause = read(event.cause());
        const std::string piece = to_string(cause);
        if (matcher_.has_changed()) posting.record(matcher_.take(restatement, read(event.date())));
        for (auto& [day, change] : days_) {
            if (Decision no = add_variance(change); no.is_refused()) return no;
            const auto salt = static_cast<std::uint64_t>(static_cast<std::uint32_t>(day.days()));
            Decision no = post_goods(
                posting,
                {.entry = entry_name(restatement, salt + 1),
                 .kind = EntryKind::goods_restated,
                 .date = change.date,
                 .piece = piece,
                 .text = "Costs restated by " + piece + ": " +
                         to_string(in_base(state_, narrow(change.old_cost))) + " to " +
                         to_string(in_base(state_, narrow(change.new_cost))),
                 .source = cause},
                change.sums
            );
            if (no.is_refused()) return no;
        }
        return {};
    }

 private:
    // On the days of the receipts that made it good.
    [[nodiscard]] Decision move_true_ups(const inventory::CostRestated& event) {
        if (event.true_ups() == nullptr) return {};
        for (const inventory::TrueUp* one : *event.true_ups()) {
            const auto part = matcher_.restate(one->issue(), one->minor(), read(one->kept()));
            if (part.minor == 0) continue;
            Day& day = day_of(read(one->day()), read(one->accounting_date()));
            if (Decision no = take_out(state_, day.sums, part); no.is_refused()) return no;
        }
        return {};
    }

    struct Day {
        Date date;  // The day itself, or of closed ones the first.
        AccountSums sums;
        Wide old_cost = 0;
        Wide new_cost = 0;
        Wide unbalanced = 0;  // Of transfers and repackings.
        Id group;
    };
    Day& day_of(Date date, Date accounting_date) {
        const auto [place, is_new] = days_.try_emplace(accounting_date);
        Day& day = place->second;
        if (is_new || date == accounting_date) day.date = date;
        return day;
    }
    // What goods of a transfer or a repacking that was taken back cost beyond what they had been
    // worth when they came.
    [[nodiscard]] Decision add_variance(Day& day) {
        if (day.unbalanced == 0) return {};
        return day.sums.add(state_, variance_role(state_), day.group, day.unbalanced);
    }

    const Books& state_;
    GoodsMatcher matcher_;
    std::map<Date, Day> days_;  // By the accounting date.
};

}  // namespace

Id entry_name(const Id& document, std::uint64_t salt) {
    return id_from_text("goods " + to_string(document) + " " + std::to_string(salt));
}

bool follows_stock(const Books& state) {
    return state.goods.get().follows_stock;
}

AccountRole role_against(const Books& state, MoveReason reason) {
    switch (reason) {
        case MoveReason::transfer:
        case MoveReason::repack:
        case MoveReason::policy_change: return AccountRole::none;
        case MoveReason::opening: return AccountRole::opening_stock;
        default: break;
    }
    if (is_variation(state)) return AccountRole::stock_variation;
    switch (reason) {
        case MoveReason::purchase_receipt: return AccountRole::goods_received_not_invoiced;
        case MoveReason::count_gain: return AccountRole::stock_gain;
        case MoveReason::count_loss: return AccountRole::stock_loss;
        case MoveReason::scrap: return AccountRole::scrap;
        case MoveReason::consumption: return AccountRole::consumption;
        case MoveReason::production_issue:
        case MoveReason::production_receipt: return AccountRole::work_in_progress;
        case MoveReason::revaluation: return AccountRole::stock_revaluation;
        case MoveReason::landed_cost: return AccountRole::landed_cost_clearing;
        case MoveReason::price_variance: return AccountRole::price_variance;
        case MoveReason::cost_variance: return AccountRole::cost_variance;
        default: return AccountRole::cost_of_sales;
    }
}

Decision AccountSums::add(const Books& state, AccountRole role, const Id& key, Wide minor) {
    const auto account = account_for(state, role, key);
    if (account.is_refused()) return account.refusal();
    add(account.value(), minor);
    return {};
}

Decision AccountSums::add_stock(const Books& state, const Id& pool, const Id& group, Wide minor) {
    const auto account = stock_account(state, pool, group);
    if (account.is_refused()) return account.refusal();
    add(account.value(), minor);
    return {};
}

Decision post_goods(Posting& posting, GoodsEntry entry, const AccountSums& sums) {
    const Books& state = posting.state();
    EntryDraft draft{
        .event =
            {.entry = entry.entry,
             .kind = entry.kind,
             .date = entry.date,
             .piece = std::move(entry.piece),
             .text = std::move(entry.text),
             .source = entry.source},
        .not_before = entry.not_before};
    draft.event.lines.reserve(sums.sums().size());
    for (const AccountSums::Sum& sum : sums.sums()) {
        if (sum.minor == 0) continue;
        if (!fits_64(sum.minor)) return Refusal::amount_too_large;
        const std::int64_t minor = narrow(sum.minor);
        draft.add({sum.account, Id{}, in_base(state, minor), minor});
    }
    if (draft.event.lines.empty()) return {};
    if (Decision no = check_book(state); no.is_refused()) return no;
    const auto journal = stock_journal(state);
    if (journal.is_refused()) return journal.refusal();
    draft.event.journal = journal.value();
    return posting.post(std::move(draft));
}

Decision decide(const Books& state, const ChooseGoodsMatching& command) {
    if (Decision no = check_book(state); no.is_refused()) return no;
    // No account says what of those purchases is not billed yet.
    if (state.goods.get().has_variation && command.matching() != GoodsMatching::stock_variation) {
        return {
            Refusal::goods_unsettled,
            {"matching",
             "goods were received with their purchase as an expense",
             "stock_variation for good: another way is chosen before the first receipt"}};
    }
    for (const auto role :
         {AccountRole::goods_in_transit,
          AccountRole::goods_received_not_invoiced,
          AccountRole::supplier_credit_expected,
          AccountRole::goods_delivered_not_invoiced,
          AccountRole::landed_cost_clearing}) {
        const Id* account = state.roles.find({role, Id{}});
        if (account == nullptr) continue;
        const std::int64_t balance = state.unsettled.get(*account);
        if (balance == 0) continue;
        return {
            Refusal::goods_unsettled,
            {"matching",
             to_string(in_base(state, balance)) + " on " + to_string(*account),
             "zero: everything received is billed, and everything delivered invoiced"}};
    }

    return GoodsMatchingChosenT{.matching = command.matching()};
}

Decision react(const Books& state, const inventory::StockMoved& event, const Context&) {
    if (!follows_stock(state)) return {};
    Movement movement{state, event};
    if (Decision no = movement.add_lines(); no.is_refused()) return no;
    const Id id = read(event.movement());
    const Id source = read_or_none(event.source());
    const std::string piece = to_string(source.is_none() ? id : source);
    const bool is_booked_with_source = !source.is_none() && is_of_source(event);
    Posting posting{state};
    if (movement.matcher().has_changed()) {
        const Id cause = source.is_none() ? id : source;
        posting.record(movement.matcher().take(cause, read(event.date())));
    }
    Decision no = post_goods(
        posting,
        {.entry = entry_name(id, 0),
         .kind = EntryKind::goods,
         .date = read(event.date()),
         .piece = piece,
         .text = words_of(event.lines()->Get(0)->reason()) + piece,
         .source = is_booked_with_source ? source : id},
        movement.sums()
    );
    if (no.is_refused()) return no;
    return posting.take();
}

Decision react(const Books& state, const inventory::StockRevalued& event, const Context&) {
    if (!follows_stock(state)) return {};
    AccountSums sums;
    for (const inventory::RevaluedLine* line : *event.lines()) {
        if (Decision no = add_revalued(state, sums, *line); no.is_refused()) return no;
    }
    GoodsMatcher matcher{state};
    if (Decision no = move_waiting(state, matcher, event, sums); no.is_refused()) return no;
    const Id id = read(event.revaluation());
    const Id source = read_or_none(event.source());
    const std::string piece = to_string(source.is_none() ? id : source);
    Posting posting{state};
    if (matcher.has_changed()) posting.record(matcher.take(id, read(event.date())));
    Decision no = post_goods(
        posting,
        {.entry = entry_name(id, 0),
         .kind = EntryKind::goods_value,
         .date = read(event.date()),
         .piece = piece,
         .text = words_of(event.lines()->Get(0)->reason()) + piece,
         .source = source.is_none() ? id : source,
         .not_before = read(event.accounting_date())},
        sums
    );
    if (no.is_refused()) return no;
    return posting.take();
}

Decision react(const Books& state, const inventory::CostRestated& event, const Context&) {
    if (!follows_stock(state)) return {};
    Restatement restatement{state};
    for (const inventory::RestatedLine* line : *event.lines()) {
        if (Decision no = restatement.add(*line); no.is_refused()) return no;
    }
    if (Decision no = restatement.move_waiting(event); no.is_refused()) return no;
    Posting posting{state};
    if (Decision no = restatement.post(posting, event); no.is_refused()) return no;
    return posting.take();
}

Decision react(const Books& state, const inventory::StockWrittenDown& event, const Context&) {
    if (!follows_stock(state)) return {};
    const Id group = read(event.posting_group());
    const Wide more = static_cast<Wide>(read(event.new_allowance()).minor()) -
                      read(event.old_allowance()).minor();
    AccountSums sums;
    Decision no = sums.add(
        state, more > 0 ? AccountRole::stock_write_down : AccountRole::stock_write_up, group, more
    );
    if (no.is_refused()) return no;
    no = sums.add(state, AccountRole::stock_allowance, group, -more);
    if (no.is_refused()) return no;
    const Id id = read(event.write_down());
    const std::string piece = to_string(id);
    Posting posting{state};
    no = post_goods(
        posting,
        {.entry = entry_name(id, 0),
         .kind = EntryKind::goods_written_down,
         .date = read(event.date()),
         .piece = piece,
         .text = (more > 0 ? "Stock written down " : "Stock written up again ") + piece,
         .source = id},
        sums
    );
    if (no.is_refused()) return no;
    return posting.take();
}

void listen(Books& state, const purchasing::GoodsReceived& event) {
    std::int64_t billed_before = 0;
    for (const purchasing::ReceivedLine* line : *event.lines()) {
        if (!line->is_stocked()) continue;
        billed_before += line->billed_before().minor();
        if (is_variation(state)) state.goods.edit().has_variation = true;
    }
    if (billed_before == 0 || !remembers_purchases(state)) return;
    state.purchased.at(read(event.receipt())).billed_before = billed_before;
}

void listen(Books& state, const purchasing::GoodsReturnedToSupplier& event) {
    if (!remembers_purchases(state)) return;
    PurchasedGoods said;
    for (const purchasing::ReturnedLine* line : *event.lines()) {
        if (!line->is_stocked()) continue;
        said.accrued += line->accrued().minor();
        said.credit_expected += line->credit_expected().minor();
    }
    if (said.accrued == 0 && said.credit_expected == 0) return;
    state.purchased.at(read(event.goods_return())) = said;
}

// With the cost at delivery nothing waits: nothing has to be remembered.
void listen(Books& state, const sales::GoodsDelivered& event) {
    if (!follows_stock(state) || matching_of(state) != GoodsMatching::cost_at_invoice) return;
    const Id delivery = read(event.delivery());
    const Id order = read_or_none(event.order());
    SoldGoods& sold = state.sold.at(delivery);
    for (const sales::DeliveredLine* line : *event.lines()) {
        const auto number = static_cast<std::uint16_t>(sold.lines.size() + 1);
        sold.lines.push_back(
            order.is_none() ? GoodsKey{delivery, number} : GoodsKey{order, line->order_line()}
        );
    }
}

void listen(Books& state, const sales::GoodsReturned& event) {
    if (!follows_stock(state) || matching_of(state) != GoodsMatching::cost_at_invoice) return;
    const Id delivery = read(event.delivery());
    const Id order = read_or_none(event.order());
    SoldGoods& sold = state.sold.at(read(event.goods_return()));
    for (const sales::ReturnedLine* line : *event.lines()) {
        sold.lines.push_back(
            order.is_none() ? GoodsKey{delivery, line->delivery_line()}
                            : GoodsKey{order, line->order_line()}
        );
    }
}

void apply(Books& state, const GoodsMatchingChosen& event) {
    state.goods.edit().matching = event.matching();
}

}  // namespace daybook::accounting
