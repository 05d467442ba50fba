package io.mosaik.transport.quic;

import io.mosaik.id.PeerId;
import io.mosaik.id.SecretKey;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.ssl.ClientAuth;
import io.netty.util.AttributeKey;
import java.security.cert.CertificateException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS side of an endpoint: TLS 1.3, Ed25519 on both sides, one ALPN per dialled connection, no
 * early data (a replayed first flight would be taken twice), and the exporter secret of each
 * connection, held in memory from the handshake until the connection takes it or ends.
 */
final class QuicTls {

  /** The protocol that a dialled channel asks for. */
  static final AttributeKey<String> ALPN = AttributeKey.valueOf("mosaik.alpn");

  private static final String EXPORTER_LINE = "EXPORTER_SECRET ";

  /** Stands in while nobody listens, because a server must offer something; nobody asks for it. */
  private static final String NOTHING_OFFERED = "/mosaik/none";

  private final NodeCertificate certificate;
  private final Map<String, QuicSslContext> dialContexts = new ConcurrentHashMap<>();
  private final Map<SSLEngine, byte[]> exporterSecrets = new ConcurrentHashMap<>();
  private volatile QuicSslContext acceptContext;

  QuicTls(SecretKey key) {
    certificate = NodeCertificate.of(key);
    acceptContext = accepting(NOTHING_OFFERED);
  }

  /** Offers these protocols to those who dial from now on. */
  void offer(Collection<String> alpns) {
    acceptContext = accepting(alpns.toArray(String[]::new));
  }

  private QuicSslContext accepting(String... alpns) {
    return common(
            QuicSslContextBuilder.forServer(new NodeKeyManager(certificate), null)
                .clientAuth(ClientAuth.REQUIRE),
            alpns)
        .build();
  }

  private QuicSslContext dialling(String alpn) {
    return common(
            QuicSslContextBuilder.forClient()
                .keyManager(new NodeKeyManager(certificate), null)
                .endpointIdentificationAlgorithm(null),
            alpn)
        .build();
  }

  private QuicSslContextBuilder common(QuicSslContextBuilder builder, String... alpns) {
    return builder
        .option(BoringSSLContextOption.SIGNATURE_ALGORITHMS, new String[] {"ed25519"})
        .trustManager(new PeerTrustManager())
        .applicationProtocols(alpns)
        .earlyData(false)
        .keylog(this::keepExporterSecret);
  }

  QuicSslEngine newAcceptEngine(QuicChannel channel) {
    return forgetWith(channel, acceptContext.newEngine(channel.alloc()));
  }

  QuicSslEngine newDialEngine(QuicChannel channel) {
    String alpn = channel.attr(ALPN).get();
    QuicSslContext context = dialContexts.computeIfAbsent(alpn, this::dialling);
    return forgetWith(channel, context.newEngine(channel.alloc()));
  }

  private QuicSslEngine forgetWith(QuicChannel channel, QuicSslEngine engine) {
    channel.closeFuture().addListener(closed -> exporterSecrets.remove(engine));
    return engine;
  }

  /** Hears each secret of each handshake, in the form of an NSS key log; never write them down. */
  private void keepExporterSecret(SSLEngine engine, String line) {
    if (line.startsWith(EXPORTER_LINE)) {
      int secret = line.lastIndexOf(' ') + 1;
      exporterSecrets.put(engine, HexFormat.of().parseHex(line, secret, line.length()));
    }
  }

  /** Hands out what the handshake of a channel left: the exporter secret, once. */
  byte @Nullable [] takeExporterSecret(QuicChannel channel) {
    SSLEngine engine = channel.sslEngine();
    return engine == null ? null : exporterSecrets.remove(engine);
  }

  /** How many secrets wait for their connection; none while no handshake is under way. */
  int waitingSecrets() {
    return exporterSecrets.size();
  }

  /** The key that the other side of a finished handshake has proven, or null if there is none. */
  static @Nullable PeerId provenPeer(QuicChannel channel) {
    SSLEngine engine = channel.sslEngine();
    if (engine == null) {
      return null;
    }
    try {
      return NodeCertificate.peerOf(engine.getSession().getPeerCertificates()[0]);
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      return null;
    }
  }

  /** The protocol that both sides agreed on, or null if they agreed on none. */
  static @Nullable String agreedAlpn(QuicChannel channel) {
    SSLEngine engine = channel.sslEngine();
    String alpn = engine == null ? null : engine.getApplicationProtocol();
    return alpn == null || alpn.isEmpty() ? null : alpn;
  }
}
