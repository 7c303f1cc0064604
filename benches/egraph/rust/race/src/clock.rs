use std::fs::read_to_string;
use std::mem::MaybeUninit;
use std::time::Instant;

/// Runs from `start` to `stop`.
pub struct Clock {
    wall: Instant,
    cpu: f64,
}

/// Milliseconds that one run took.
pub struct Used {
    pub cpu: f64,
    pub wall: f64,
}

impl Clock {
    pub fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: cpu_milliseconds(),
        }
    }

    /// What each of `times` runs took since the start.
    pub fn stop(self, times: usize) -> Used {
        let cpu = cpu_milliseconds() - self.cpu;
        let wall = self.wall.elapsed().as_secs_f64() * 1e3;
        Used {
            cpu: cpu / times as f64,
            wall: wall / times as f64,
        }
    }
}

/// User and system time of all threads of this process.
fn cpu_milliseconds() -> f64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the struct that it is handed.
    let usage = unsafe {
        assert_eq!(libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()), 0);
        usage.assume_init()
    };
    milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)
}

fn milliseconds(time: libc::timeval) -> f64 {
    time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3
}

/// The largest resident set of this process so far, in MiB, where the system tells. Not from
/// getrusage: there it starts with what the parent had when it forked.
pub fn peak_mebibytes() -> Option<f64> {
    let status = read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}
