// What purchasing remembers between commands: what its rules ask for and nothing that only a report
// shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/domain/module.hpp"
#include "schemas/accounting.hpp"
#include "schemas/purchasing.hpp"

namespace daybook::purchasing {

using Decision = daybook::Decision<EventRecordT, Refusal>;

struct Book {
    Currency base = Currency::none;  // None: not configured yet.
};

struct Policy {
    Rate over_delivery;
    Rate under_delivery;
    Rate bill_quantity;
    Rate bill_price;
    Money bill_price_max;
    Money order_free_up_to;
    BillControl bill_control = BillControl::on_receipt;
};

struct Purchasing {
    Single<Book> book;
    Single<Policy> policy;
};

// A rule that said no, before it has become a Decision.
struct Refused {
    Refusal refusal = Refusal::none;
    Reason reason;
    operator Decision() const { return {refusal, reason}; }
};

// What a step of a decision worked out, or the rule that stopped it.
template <class T>
class [[nodiscard]] Judged {
 public:
    Judged(T value) : value_(std::move(value)) {}
    Judged(Refused refused) : refused_(std::move(refused)) {}
    Judged(Refusal refusal) : refused_{refusal, {}} {}

    [[nodiscard]] bool ok() const { return refused_.refusal == Refusal::none; }
    [[nodiscard]] const Refused& refused() const { return refused_; }
    [[nodiscard]] T& value() {
        DAYBOOK_ASSERT(ok());
        return value_;
    }
    [[nodiscard]] const T& value() const {
        DAYBOOK_ASSERT(ok());
        return value_;
    }

 private:
    T value_{};
    Refused refused_;
};
struct Nothing {};

}  // namespace daybook::purchasing
