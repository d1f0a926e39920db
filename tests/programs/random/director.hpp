// SPDX-License-Identifier: MIT
// Throws the dice, tells the actors what to do, and keeps the world's model in step.
#pragma once

#include "random/actor.hpp"
#include "random/world.hpp"
#include "topology.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace otherend::topology {

class Director {
  public:
    Director(Topology& topology, std::uint32_t seed) : topology_(topology), dice_(seed) {}

    void cast();                      // processes, threads and namespaces
    void play(std::size_t endpoints); // until so many are alive, and each kind of step was taken
    void tell(Truth& truth) const { world_.tell(truth, actors_); }

  private:
    struct Place { // a descriptor
        std::size_t actor = 0;
        int fd = -1;
    };
    struct Step {
        int weight;
        bool (Director::*take)(); // false if the world offers no occasion
    };
    static const Step steps[];

    std::size_t throw_dice(std::size_t sides) { return dice_() % sides; }
    std::size_t any_actor() { return throw_dice(actors_.size()); }
    End* any_end(const std::function<bool(const End&)>& fits);
    Place any_place(const End& end);
    std::shared_ptr<Name> new_name();
    std::optional<std::size_t> actor_who_reaches(const End& server);
    End& make(std::size_t actor, int type, nlohmann::json command);
    void join(std::size_t client_actor, End& client, End& listener);
    void add_actor(std::size_t parent, Birth birth);
    void take_any_step();

    bool listen();
    bool connect();
    bool accept();
    bool pair();
    bool bind_dgram();
    bool connect_dgram();
    bool connect_both_dgrams();
    bool leave_unconnected();
    bool duplicate();
    bool drop();
    bool send();
    bool receive();
    bool shut();
    bool unlink_name();
    bool block();
    bool fork();

    Topology& topology_;
    std::mt19937 dice_;
    std::vector<Actor> actors_;
    World world_;
    int names_ = 0;
};

} // namespace otherend::topology
