// The demonstration's way to the engine: commands go in, and what became of them is read from the
// log as any other follower would read it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cli/demo/body.hpp"
#include "cli/pipeline.hpp"
#include "engine/codec/codec.hpp"
#include "engine/engine.hpp"

namespace daybook::demo {

// The tax codes of the French chart that the company uses.
inline constexpr std::string_view standard_tax = "FR20";
inline constexpr std::string_view reduced_tax = "FR55";
inline constexpr std::string_view export_tax = "EXPORT";
inline constexpr std::string_view purchase_tax = "FR20A";

class Stream {
 public:
    Stream(Engine& engine, Codec& codec);

    // The id names the command; the same id is never sent twice. A refusal is an Error: the
    // demonstration breaks no rule.
    [[nodiscard]] Result<void> send(
        std::string_view command, std::string_view id, const Body& body
    );
    // What the engine accepted from somebody else is heard, too.
    void note(const Answer& answer);
    void set_actor(const Id& actor) { actor_ = actor; }
    // Waits for every answer, then calls `use` with each event that the commands sent since the
    // last time made: now, or in an earlier run that was broken off.
    [[nodiscard]] Result<void> settle(const std::function<void(EventBytes)>& use);
    [[nodiscard]] std::uint64_t commands() const { return commands_; }

 private:
    void check(const CommandMessage& sent, const Answer& answer);

    Engine& engine_;
    Codec& codec_;
    Id actor_;
    std::uint64_t commands_ = 0;
    std::optional<Error> refusal_;
    std::unique_ptr<LogReader> reader_;
    std::span<const EventBytes> read_;  // And not used yet.
    std::uint64_t answered_end_ = 0;    // Behind the last event of what was answered.
    cli::Pipeline pipeline_;
};

}  // namespace daybook::demo
