// How long this machine keeps a real-time program waiting: a yardstick beside
// the product's benchmarks. It asks to be woken every 5 ms at SCHED_RR and,
// when its standard input closes, prints "WAKES LATE WORST-NS", LATE being how
// often it was woken more than 5 ms late. On a board that holds its real-time
// promise LATE is 0; on a virtual machine whose host runs other machines
// meanwhile it is not, and no program inside can do better.

#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

enum { step = 5000000, priority = 21 };

static int64_t monotonic(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int main(void)
{
	const struct sched_param p = { .sched_priority = priority };
	if (sched_setscheduler(0, SCHED_RR, &p) != 0) {
		perror("SCHED_RR");
		return 1;
	}
	int64_t wakes = 0, late = 0, worst = 0;
	for (int64_t next = monotonic() + step;; next += step) {
		const struct timespec until = { next / 1000000000, next % 1000000000 };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		const int64_t by = monotonic() - next;
		wakes++;
		late += by > step;
		if (by > worst)
			worst = by;
		if (by > step)
			next += by;
		struct pollfd in = { .fd = 0, .events = POLLIN };
		if (poll(&in, 1, 0) != 0)
			break;
	}
	printf("%ld %ld %ld\n", (long)wakes, (long)late, (long)worst);
	return 0;
}
