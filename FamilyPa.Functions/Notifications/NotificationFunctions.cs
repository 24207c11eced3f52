using Azure.Storage.Queues.Models;
using FamilyPa.Core.Notifications;
using Microsoft.Azure.Functions.Worker;

namespace FamilyPa.Functions.Notifications;

/// <summary>The queue of notifications: sign-in codes and invitations.</summary>
public sealed class NotificationFunctions(NotificationSender sender)
{
    [Function("Notifications")]
    public Task Send([QueueTrigger("notifications")] QueueMessage message, CancellationToken cancellation) =>
        sender.SendAsync(message.Body.ToString(), message.DequeueCount, cancellation);

    [Function("NotificationsPoison")]
    public void GiveUp([QueueTrigger("notifications-poison")] QueueMessage message) => sender.GiveUp(message.Body.ToString(), "process_died");
}
