package io.jakube.db.chaos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The fault run without the command line around it. Arguments: faults, seed, PostgreSQL installation (empty for the bundled one), faults to draw from (all). */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        List<Fault> kinds = new ArrayList<>();
        for (int i = 3; i < arguments.length; i++) {
            kinds.add(Fault.valueOf(arguments[i]));
        }
        ChaosRun.Report report = new ChaosRun(new ChaosRun.Options(
                Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]), 2, 8, arguments.length > 2 && !arguments[2].isEmpty() ? Path.of(arguments[2]) : null,
                kinds.isEmpty() ? List.of(Fault.values()) : kinds), System.out).run();
        System.exit(report.holds() ? 0 : 1);
    }
}
