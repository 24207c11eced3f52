namespace FamilyPa.Tests.Infrastructure;

[ReusedApp]
public class FastApp(TestEnvironment environment) : FamilyPaApp(environment)
{
    /// <summary>Phase, outcome and error code of each attempt, in order.</summary>
    public async Task<IReadOnlyList<string>> AttemptsAsync(string messageSid) =>
        [.. (await Database.RowsAsync(
            """
            select concat_ws(' ', a.phase, a.outcome, a.error_code) as attempt
            from job_attempts a join processing_jobs j on j.id = a.job_id where j.message_sid = $1 order by a.attempt_number
            """,
            messageSid)).Select(row => (string)row["attempt"]!)];

    public Task<long> CountAsync(string table, string messageSid) =>
        Database.ScalarAsync<long>($"select count(*) from {table} where {(table == "tasks" ? "source_message_sid" : "message_sid")} = $1", messageSid);

    protected override void Configure(IDictionary<string, string?> settings) => ShortDelays.Fast(settings);
}
