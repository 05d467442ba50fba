package io.mosaik.sample.trader;

import io.mosaik.sample.ExitWithParent;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The trader of the trading network. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class TraderApplication {

  /**
   * Starts the trader.
   *
   * @param args Spring Boot's
   */
  public static void main(String[] args) {
    ExitWithParent.ifAsked();
    SpringApplication.run(TraderApplication.class, args);
  }
}
