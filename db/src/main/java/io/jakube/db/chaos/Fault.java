package io.jakube.db.chaos;

import java.util.Locale;

/** What is done to a running system. Each leaves it whole again when it returns, but does not wait until clients have noticed. */
public enum Fault {
    KILL_WRITER(3) {
        @Override
        void inject(ChaosRig rig) {
            rig.replace(rig.anyWorker());
        }
    },
    FREEZE_WRITER(2) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            WorkerProcess worker = rig.anyWorker();
            worker.freeze(true);
            hold(rig, 200, 8_000);
            worker.freeze(false);
        }
    },
    KILL_POSTGRES(3) {
        @Override
        void inject(ChaosRig rig) {
            rig.pair().primary().kill();
            rig.pair().primary().restart();
            rig.pair().awaitStandby();
        }
    },
    RESTART_POSTGRES(1) {
        @Override
        void inject(ChaosRig rig) {
            rig.pair().primary().server().stop();
            rig.pair().primary().restart();
            rig.pair().awaitStandby();
        }
    },
    FREEZE_POSTGRES(2) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            rig.pair().primary().freeze(true);
            hold(rig, 200, 8_000);
            rig.pair().primary().freeze(false);
        }
    },
    FREEZE_BACKEND(2) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            String pid = rig.admin("SELECT pid FROM pg_stat_activity WHERE application_name = 'jakube write' ORDER BY random() LIMIT 1");
            if (!pid.equals("null")) {
                signal("STOP", pid);
                hold(rig, 200, 8_000);
                signal("CONT", pid);
            }
        }
    },
    TERMINATE_SESSIONS(4) {
        @Override
        void inject(ChaosRig rig) {
            rig.admin("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'jakube %'");
        }
    },
    RESET_CONNECTIONS(4) {
        @Override
        void inject(ChaosRig rig) {
            rig.network().cut();
        }
    },
    SLOW_NETWORK(3) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            rig.network().delay(10 + rig.random().nextInt(150));
            hold(rig, 500, 2_000);
            rig.network().delay(0);
        }
    },
    PARTITION(4) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            TcpProxy network = rig.network();
            network.silence(true);
            hold(rig, 200, 8_000);
            network.silence(false);
            if (rig.random().nextBoolean()) {
                network.cut();
            }
        }
    },
    STANDBY_PARTITION(2) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            rig.replication().silence(true);
            hold(rig, 200, 3_000);
            rig.replication().silence(false);
        }
    },
    KILL_STANDBY(2) {
        @Override
        void inject(ChaosRig rig) {
            rig.pair().standby().kill();
            rig.pair().standby().restart();
            rig.pair().awaitStandby();
        }
    },
    FAIL_OVER(4) {
        @Override
        void inject(ChaosRig rig) {
            rig.pair().primary().crash();
            rig.pair().promote();
        }

        @Override
        void repair(ChaosRig rig) {
            rig.pair().rebuildStandby();
        }
    },
    FAIL_OVER_FROM_FROZEN(2) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            rig.pair().primary().freeze(true);
            hold(rig, 100, 3_000);
            rig.network().silence(true);
            TcpProxy former = rig.network();
            rig.pair().primary().crash();
            rig.pair().promote();
            // The former primary's host stays silent, as one without power does, until it comes back as a standby.
            rig.awaitProgress();
            former.silence(false);
        }

        @Override
        void repair(ChaosRig rig) {
            rig.pair().rebuildStandby();
        }
    },
    /** Commits that wait for the standby lose their sessions, and the primary its life before the standby has them. */
    FAIL_OVER_AFTER_BROKEN_WAITS(3) {
        @Override
        void inject(ChaosRig rig) throws Exception {
            rig.replication().silence(true);
            hold(rig, 300, 500);
            TERMINATE_SESSIONS.inject(rig);
            hold(rig, 500, 1_500);
            rig.pair().primary().crash();
            rig.replication().cut();
            rig.replication().silence(false);
            rig.pair().promote();
        }

        @Override
        void repair(ChaosRig rig) {
            rig.pair().rebuildStandby();
        }
    };

    private final int weight;

    Fault(int weight) {
        this.weight = weight;
    }

    /** How often it is drawn, relative to the others. */
    int weight() {
        return weight;
    }

    abstract void inject(ChaosRig rig) throws Exception;

    /** What is set right only after clients have gone on. */
    void repair(ChaosRig rig) {
        // Most faults end by themselves.
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Lets a fault last. */
    private static void hold(ChaosRig rig, int least, int most) throws InterruptedException {
        Thread.sleep(least + rig.random().nextInt(most - least));
    }

    private static void signal(String name, String pid) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor();
    }
}
