/**
 * What {@code ./demo} runs: starts the trading network as seven processes on this machine, shows
 * how it forms and works, and checks its result. It knows the nodes by their JSON over HTTP alone
 * and needs nothing but the JDK. Start reading at {@link io.mosaik.sample.demo.Demo}; {@link
 * io.mosaik.sample.demo.Verdict} says what has to be true in the end.
 */
@NullMarked
package io.mosaik.sample.demo;

import org.jspecify.annotations.NullMarked;
