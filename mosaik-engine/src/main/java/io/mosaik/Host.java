package io.mosaik;

import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import java.util.List;

/**
 * The machine that a node runs on: its time and threads, and its network. A real one by default; a
 * simulated world has one for each of its nodes.
 */
public interface Host {

  /** Time, randomness and strands. */
  Platform platform();

  /**
   * Opens the node's endpoint. May block for a moment (binding a socket).
   *
   * @param key the node's identity
   * @param bind the local address; port 0 takes any free one
   * @param advertise further addresses under which the node can be reached
   * @throws io.mosaik.transport.AddressUnavailableException if the address can't be bound, saying
   *     which and why
   * @throws io.mosaik.transport.TransportUnavailableException if this machine lacks what it needs
   */
  Endpoint open(SecretKey key, Address bind, List<Address> advertise);

  /** Releases what the host keeps for this node; called after the endpoint is closed. */
  void release();
}
