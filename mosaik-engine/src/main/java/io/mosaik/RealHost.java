package io.mosaik;

import io.mosaik.id.SecretKey;
import io.mosaik.runtime.Platform;
import io.mosaik.runtime.RealPlatform;
import io.mosaik.transport.Address;
import io.mosaik.transport.Endpoint;
import io.mosaik.transport.quic.QuicEndpoint;
import io.mosaik.transport.quic.QuicOptions;
import java.time.Duration;
import java.util.List;

/** This machine: its clock and threads, and QUIC over its network. One for each node. */
final class RealHost implements Host {

  /** With the suspect timeout of discovery it makes about ten seconds until a death is seen. */
  private static final QuicOptions OPTIONS =
      QuicOptions.DEFAULTS.withIdleTimeout(Duration.ofSeconds(8));

  private final RealPlatform platform = new RealPlatform();

  @Override
  public Platform platform() {
    return platform;
  }

  @Override
  public Endpoint open(SecretKey key, Address bind, List<Address> advertise) {
    return QuicEndpoint.open(key, bind, advertise, OPTIONS);
  }

  @Override
  public void release() {
    platform.close();
  }
}
