//! Tests of the engine as a whole: the transition function, and the wire against a portal that misbehaves.

mod certificates;
mod ending;
mod lists;
mod on_the_wire;
mod registering;
mod scripted;
mod steps;
mod transitions;
