// SPDX-License-Identifier: MIT
#include "random/director.hpp"

#include <iterator>
#include <numeric>

namespace otherend::topology {

const Director::Step Director::steps[] = {
    {3, &Director::listen},
    {14, &Director::connect},
    {9, &Director::accept},
    {8, &Director::pair},
    {3, &Director::bind_dgram},
    {8, &Director::connect_dgram},
    {1, &Director::connect_both_dgrams},
    {2, &Director::leave_unconnected},
    {4, &Director::duplicate},
    {9, &Director::drop},
    {7, &Director::send},
    {2, &Director::receive},
    {2, &Director::shut},
    {1, &Director::unlink_name},
    {1, &Director::block},
    {1, &Director::fork},
};

// -- who plays --------------------------------------------------------------------------------------------

void Director::cast() {
    actors_.push_back(Actor::start());
    for (const auto birth :
         {Birth::process, Birth::process_in_netns, Birth::process_in_netns, Birth::process_in_netns,
          Birth::process, Birth::headless_process, Birth::thread, Birth::process})
        add_actor(0, birth);
    add_actor(2, Birth::process); // a second process and a thread in a namespace that is not the host's
    add_actor(3, Birth::thread);
}

void Director::add_actor(std::size_t parent, Birth birth) {
    const auto number = actors_.size();
    actors_.push_back(actors_[parent].give_birth(birth, static_cast<int>(number)));
    world_.copy_table(parent, number);
}

void Director::play(std::size_t endpoints) {
    for (const auto& step : steps) // everything happens at least once, where it can
        (this->*step.take)();
    while (world_.living() < endpoints)
        take_any_step();
    while (!block())
        listen();
}

void Director::take_any_step() {
    const auto total = std::accumulate(std::begin(steps), std::end(steps), 0,
                                       [](int sum, const Step& step) { return sum + step.weight; });
    auto left = static_cast<int>(throw_dice(static_cast<std::size_t>(total)));
    const auto* step = std::begin(steps);
    for (; left >= step->weight; ++step)
        left -= step->weight;
    (this->*step->take)();
}

// -- what the dice choose from ----------------------------------------------------------------------------

End* Director::any_end(const std::function<bool(const End&)>& fits) {
    std::vector<End*> fitting;
    for (const auto& end : world_.ends())
        if (end->alive && !end->busy && fits(*end))
            fitting.push_back(end.get());
    return fitting.empty() ? nullptr : fitting[throw_dice(fitting.size())];
}

Director::Place Director::any_place(const End& end) {
    const auto [actor, fd] = *std::next(end.held.begin(), static_cast<long>(throw_dice(end.held.size())));
    return {.actor = actor, .fd = fd};
}

std::shared_ptr<Name> Director::new_name() {
    const auto text = "name-" + std::to_string(++names_);
    return std::make_shared<Name>(Name{throw_dice(2) ? topology_.path(text) : abstract(text)});
}

// A path is reached from everywhere, an abstract name from its network namespace.
std::optional<std::size_t> Director::actor_who_reaches(const End& server) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < actors_.size(); ++i)
        if (server.name->is_path() || actors_[i].netns == server.netns)
            fitting.push_back(i);
    return fitting.empty() ? std::nullopt : std::optional(fitting[throw_dice(fitting.size())]);
}

End& Director::make(std::size_t actor, int type, nlohmann::json command) {
    command["type"] = type;
    return world_.add(actors_[actor].tell(command), type, actor, actors_[actor].netns);
}

} // namespace otherend::topology
