// The tax codes and dated rates of accounting, as far as prices ask.

#include <algorithm>

#include "engine/domain/sales/rules.hpp"

namespace daybook::sales {

void listen(Sales& state, const accounting::TaxCodeDefined& event) {
    TaxCode& code = state.tax_codes.at(read(event.tax_code()));
    code.is_for_sales = event.side() != accounting::TaxSide::input;
    code.is_charged = event.treatment() == accounting::TaxTreatment::standard ||
                      event.treatment() == accounting::TaxTreatment::cash_basis;
}

void listen(Sales& state, const accounting::TaxRateSet& event) {
    std::vector<DatedRate>& rates = state.tax_codes.at(read(event.tax_code())).rates;
    const DatedRate dated{read(event.from()), read(event.rate())};
    const auto place = std::ranges::lower_bound(rates, dated.from, {}, &DatedRate::from);
    if (place != rates.end() && place->from == dated.from) {
        place->rate = dated.rate;
    } else {
        rates.insert(place, dated);
    }
    DAYBOOK_ASSERT(std::ranges::is_sorted(rates, {}, &DatedRate::from));
}

}  // namespace daybook::sales
