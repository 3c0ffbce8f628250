// Fixtures that wait for a host or an encoder more than they work, and of which no assertion is about time or about metrics, which all
// hosts of a process share, run beside one another first.
[assembly: LevelOfParallelism(2)]
