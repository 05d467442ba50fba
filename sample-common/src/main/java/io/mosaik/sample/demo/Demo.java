package io.mosaik.sample.demo;

import io.mosaik.sample.OrderLine;
import io.mosaik.sample.OrdersFile;
import io.mosaik.sample.OrdersFileException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * Runs the trading network and checks it. The shell script {@code ./demo} builds it and starts this
 * class.
 */
public final class Demo {

  /** System property with the folder of the project. */
  private static final String HOME = "mosaik.demo.home";

  private Demo() {}

  /**
   * Runs the demonstration; ends the JVM with 0, or with 1 if something is wrong.
   *
   * @param args see {@link Options#usage}
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    try {
      Options options = Options.parse(args);
      if (options.help()) {
        System.out.print(Options.usage());
        return 0;
      }
      Path home = Path.of(System.getProperty(HOME, ".")).toAbsolutePath().normalize();
      List<OrderLine> orders =
          options.orders() != null ? OrdersFile.read(options.orders()) : OrdersFile.packaged();
      Path logs = logFolder(home);
      Locale.setDefault(Locale.ROOT);
      var cast = new Cast(home, logs, options.orders());
      Runtime.getRuntime().addShutdownHook(new Thread(cast::stopAll, "stop-all"));
      System.out.printf(
          "%,d orders from %s; 2 traders, 3 matchers, 2 reporters.%nLogs: %s%n",
          orders.size(), options.orders() != null ? options.orders() : "the packaged file", logs);
      try (HttpClient http =
          HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build()) {
        boolean right = new Play(cast, http, orders.size(), options).run();
        return right ? 0 : 1;
      } catch (DemoException e) {
        if (!cast.isStopping()) {
          throw e;
        }
        // Ctrl-C: that the nodes end is no fault of theirs.
        System.err.println("demo: stopped");
        return 1;
      }
    } catch (DemoException | OrdersFileException e) {
      System.err.println("demo: " + e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.err.println("demo: interrupted");
      return 1;
    }
  }

  private static Path logFolder(Path home) {
    String now =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS"));
    Path logs = home.resolve("target").resolve("demo").resolve(now);
    try {
      return Files.createDirectories(logs);
    } catch (IOException e) {
      throw new DemoException("cannot make the folder for the logs, " + logs + ": " + e);
    }
  }
}
