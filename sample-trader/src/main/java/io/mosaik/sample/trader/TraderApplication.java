package io.mosaik.sample.trader;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The trader of the trading network. */
@SpringBootApplication
public class TraderApplication {

  /**
   * Starts the trader.
   *
   * @param args Spring Boot's
   */
  public static void main(String[] args) {
    SpringApplication.run(TraderApplication.class, args);
  }
}
