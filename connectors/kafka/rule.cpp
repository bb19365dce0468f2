// The order of the tests follows the page: claims first, then what fits, then nothing.
#include "connectors/kafka/rule.hpp"

namespace daybook::kafka {

Rule::Rule(const Tip& tip, Guard guard) : tip_(tip), waiting_chain_(tip.chain), guard_(guard) {}

Judgement Rule::judge(const Record& record, const Hash* chain_after) {
    DAYBOOK_ASSERT(waiting_ == 0 || waiting_ < batch_count_);
    if (record.is_claim) return judge_claim(record);
    if (!fits(record)) return {};
    waiting_chain_ =
        chain_after != nullptr ? *chain_after : hasher_.chain(waiting_chain_, record.leaf);
    batch_count_ = record.batch_count;
    ++waiting_;
    if (waiting_ < batch_count_ && guard_ != Guard::without_batches) return {Verdict::waits, 0};
    tip_.next += waiting_;
    tip_.chain = waiting_chain_;
    waiting_ = 0;
    batch_count_ = 0;
    return {Verdict::counts, 0};
}

Judgement Rule::judge_claim(const Record& record) {
    const bool is_alone = record.batch_index == 0 && record.batch_count == 1;
    const bool is_higher = record.term > tip_.term || guard_ == Guard::positions_alone;
    if (!is_alone || !is_higher) return {};
    Judgement judgement{Verdict::fences, waiting_};
    waiting_ = 0;
    batch_count_ = 0;
    waiting_chain_ = tip_.chain;
    tip_.term = record.term;
    const bool knows_the_chain = record.prev == tip_.chain || guard_ == Guard::positions_alone;
    const bool is_at_tip = record.position == tip_.next && knows_the_chain;
    if (!is_at_tip && guard_ != Guard::claims_anywhere) return judgement;
    tip_.chain = hasher_.chain(tip_.chain, record.leaf);
    waiting_chain_ = tip_.chain;
    ++tip_.next;
    judgement.verdict = Verdict::claims;
    return judgement;
}

bool Rule::fits(const Record& record) const {
    if (record.position != tip_.next + waiting_) return false;
    if (guard_ != Guard::positions_alone) {
        if (record.term != tip_.term || record.prev != waiting_chain_) return false;
    }
    if (guard_ == Guard::without_batches) return true;
    if (record.batch_index != waiting_ || record.batch_count <= record.batch_index) return false;
    return waiting_ == 0 || record.batch_count == batch_count_;
}

}  // namespace daybook::kafka
