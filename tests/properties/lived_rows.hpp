// The rows of a company's book, as they grow with its log.
#pragma once

#include <doctest/doctest.h>

#include <memory>

#include "engine/store/memory_store.hpp"
#include "projections/core/follower.hpp"
#include "projections/core/registry.hpp"
#include "tests/properties/trade_company.hpp"
#include "tests/support/topic_log.hpp"

namespace daybook::trade {

class LivedRows {
 public:
    LivedRows() {
        auto opened = Follower::open(*log_, store_, {.projections = registered_projections()});
        REQUIRE(opened);
        follower_ = std::move(opened).value();
    }

    // What happened since the last time; the rows follow at once, or together with what is next.
    void take(Company& company, bool follows) {
        company.append_kept_to(*log_);
        if (follows) REQUIRE(follower_->catch_up());
    }
    // They are what a fresh fold of the log comes to, and agree with each other.
    void check() {
        REQUIRE(follower_->catch_up());
        MemoryStore scratch;
        const auto compared = follower_->compare_with_fresh_fold("", scratch);
        REQUIRE(compared);
        for (const Finding& finding : compared.value().findings)
            CHECK_MESSAGE(false, finding.where, ": ", finding.message);
        CHECK(compared.value().count == 0);
        const auto findings = follower_->run_checks();
        REQUIRE(findings);
        for (const Finding& finding : findings.value())
            CHECK_MESSAGE(false, finding.where, ": ", finding.message);
    }

 private:
    FakeClock clock_;
    std::unique_ptr<Log> log_ = property_log(clock_, TopicUse::copied);
    MemoryStore store_;
    std::unique_ptr<Follower> follower_;
};

}  // namespace daybook::trade
