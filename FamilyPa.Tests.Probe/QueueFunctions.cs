using System.Globalization;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Tests.Probe;

/// <summary>The first word of a message says what to do with it.</summary>
public sealed class QueueFunctions(Calls calls)
{
    [Function("Text")]
    public Task Text([QueueTrigger("text")] string message, long dequeueCount, CancellationToken cancellation) =>
        calls.RunAsync($"{message} {dequeueCount}", () => message.Split(' ')[0] switch
        {
            "fail" => throw new InvalidOperationException("The probe was told to fail."),
            "fail-once" when dequeueCount == 1 => throw new InvalidOperationException("The probe was told to fail once."),
            "wait" => Task.Delay(Timeout.Infinite, cancellation),
            "wait-once" when dequeueCount == 1 => Task.Delay(Timeout.Infinite, cancellation),
            "ignore-cancellation" => Task.Delay(TimeSpan.FromMinutes(1), CancellationToken.None),
            "second" => Task.Delay(TimeSpan.FromSeconds(1), cancellation),
            _ => Task.CompletedTask,
        });

    [Function("Whole")]
    public void Whole([QueueTrigger("whole")] QueueMessage message) => calls.Add($"{message.Body} {message.DequeueCount} {message.MessageId.Length}");

    [Function("TextPoison")]
    public void TextPoison([QueueTrigger("text-poison")] string message)
    {
        calls.Add($"poisoned {message}");
        if (message.EndsWith("twice", StringComparison.Ordinal) && calls.Count($"poisoned {message}") == 1)
            throw new InvalidOperationException("The probe was told to fail once more.");
    }

    /// <summary>Puts a message into the queue that <see cref="Text"/> listens to, hidden at first for as long as it says.</summary>
    [Function("Relay")]
    public async Task Relay([QueueTrigger("relay")] string seconds) =>
        await new QueueClient(Environment.GetEnvironmentVariable("AzureWebJobsStorage"), "text").SendMessageAsync("relayed", TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
}
