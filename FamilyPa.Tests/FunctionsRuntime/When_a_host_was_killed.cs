using FunctionsRuntime.Queues;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FamilyPa.Tests.FunctionsRuntime;

public sealed class When_a_host_was_killed(QueueWorld world) : IClassFixture<QueueWorld>, IDisposable
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), $"in-flight-{Guid.NewGuid():N}");
    private readonly Deliveries deliveries = new();

    [Fact]
    public async Task The_next_one_gives_its_messages_back_at_once()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("x", TestContext.Current.CancellationToken);
        var killed = new TaskCompletionSource();
        deliveries.Work = (_, _) => killed.Task;
        // It ends without ending the function, as a killed process does.
        await using (await Start(world.Listen(queue, ("messageEncoding", "none"), ("FUNCTIONS_RUNTIME_GRACE", "00:00:00.100"))))
        {
            await deliveries.Received("x 1");
        }

        deliveries.Work = (_, _) => Task.CompletedTask;
        await using var next = await Start(world.Listen(queue, ("messageEncoding", "none")));

        await deliveries.Received("x 1", "x 2");
        await QueueAssert.IsEmptied(queue);
        Assert.InRange(TimeProvider.System.GetElapsedTime(deliveries.Times.First(), deliveries.Times.Last()), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        killed.SetResult();
    }

    [Fact]
    public async Task A_note_that_is_out_of_date_changes_nothing()
    {
        var queue = await world.CreateQueueAsync();
        await queue.SendMessageAsync("held elsewhere", TestContext.Current.CancellationToken);
        var held = await QueueAssert.NextAsync(queue);
        using (var journal = InFlightJournal.Open(directory))
        {
            journal!.Enter(new InFlightJournal.Entry(queue.Name, held.MessageId, "an old receipt"));
            journal.Enter(new InFlightJournal.Entry(queue.Name, Guid.NewGuid().ToString(), held.PopReceipt));
            journal.Enter(new InFlightJournal.Entry("another-queue", held.MessageId, held.PopReceipt));
        }

        await using (await Start(world.Listen(queue, ("messageEncoding", "none"))))
        {
            await queue.SendMessageAsync("new", TestContext.Current.CancellationToken);
            await deliveries.Received("new 1");
        }

        using var after = InFlightJournal.Open(directory);
        Assert.Empty(after!.Left);
    }

    [Fact]
    public void A_message_that_was_done_leaves_no_note()
    {
        using (var journal = InFlightJournal.Open(directory)!)
        {
            var slots = Enumerable.Range(0, 3).Select(i => journal.Enter(new InFlightJournal.Entry("q", $"{i}", "r"))).ToList();
            journal.Leave(slots[1]);
        }

        using var next = InFlightJournal.Open(directory)!;

        Assert.Equal(["0", "2"], next.Left.Select(note => note.Entry.MessageId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_hosts_in_one_directory_keep_out_of_each_others_way()
    {
        using var first = InFlightJournal.Open(directory)!;
        first.Enter(new InFlightJournal.Entry("q", "1", "r"));

        using var second = InFlightJournal.Open(directory)!;

        Assert.Empty(second.Left);
    }

    [Fact]
    public void More_than_fit_are_done_without_notes()
    {
        using var journal = InFlightJournal.Open(directory)!;

        var slots = Enumerable.Range(0, 2000).Select(i => journal.Enter(new InFlightJournal.Entry("q", $"{i}", "r"))).ToList();

        Assert.Contains(-1, slots);
        journal.Leave(-1);
        Assert.Equal(-1, journal.Enter(new InFlightJournal.Entry("q", new string('x', 600), "r")));
    }

    [Fact]
    public void Without_a_directory_there_is_no_journal() => Assert.Null(InFlightJournal.Open(null));

    public void Dispose()
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private Task<LocalFunctions> Start(Action<FunctionsApplicationBuilder> listen) => LocalFunctions.StartAsync<Killed>(
        listen + (builder =>
        {
            builder.Configuration["FUNCTIONS_RUNTIME_STATE"] = directory;
            builder.Services.AddSingleton(deliveries);
        }));

    public class Killed(Deliveries deliveries)
    {
        [Function("Killed")]
        public Task Run([QueueTrigger("%Queue%")] string message, long dequeueCount) => deliveries.Receive($"{message} {dequeueCount}");
    }
}
