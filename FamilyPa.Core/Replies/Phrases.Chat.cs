namespace FamilyPa.Core.Replies;

/// <summary>What we say to commands and as reminders, and the words that are commands.</summary>
public sealed partial class Phrases
{
    /// <summary>{0}: the board's address.</summary>
    public required string Board { get; init; }

    /// <summary>{0}: an address that signs in once.</summary>
    public required string BoardLink { get; init; }

    public required string OpenTasks { get; init; }

    public required string DueToday { get; init; }

    public required string DoneLately { get; init; }

    public required string NothingOpen { get; init; }

    public required string NothingToday { get; init; }

    public required string NothingDone { get; init; }

    /// <summary>{0}: a task; {1}: a list.</summary>
    public required string OnList { get; init; }

    /// <summary>{0}: a list; likewise of the next three.</summary>
    public required string OpenOnList { get; init; }

    public required string NothingOnList { get; init; }

    /// <summary>{1}: how many tasks.</summary>
    public required string ListCleared { get; init; }

    public required string NothingToClear { get; init; }

    /// <summary>The names of each default list; the first is what we call it.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Lists { get; init; }

    /// <summary>{0}: how many.</summary>
    public required string AndMore { get; init; }

    /// <summary>{0}: how many; with the word that shows them.</summary>
    public required string SendMore { get; init; }

    public required string NoMore { get; init; }

    public required string Overdue { get; init; }

    /// <summary>How to say that the one task is done.</summary>
    public required string TickOffOne { get; init; }

    /// <summary>How to say that one of several tasks is done.</summary>
    public required string TickOff { get; init; }

    public required string NothingFound { get; init; }

    /// <summary>{0}: a task's title; likewise of the next two, and of <see cref="OpenAgain"/>.</summary>
    public required string Done { get; init; }

    public required string AlreadyDone { get; init; }

    public required string Gone { get; init; }

    /// <summary>{0}: a task as it is.</summary>
    public required string AlreadySo { get; init; }

    /// <summary>{0}: numbers.</summary>
    public required string NoSuchNumber { get; init; }

    /// <summary>{0}: the sender's words for a task.</summary>
    public required string NoSuchTask { get; init; }

    /// <summary>Asks which task is done.</summary>
    public required string WhichOne { get; init; }

    /// <summary>Asks which task any other command means.</summary>
    public required string WhichTask { get; init; }

    public required string OpenAgain { get; init; }

    /// <summary>{0}: a task's title; likewise of the next two, with what is new.</summary>
    public required string Deleted { get; init; }

    /// <inheritdoc cref="Deleted"/>
    public required string Skipped { get; init; }

    public required string Changed { get; init; }

    public required string Snoozed { get; init; }

    /// <summary>{0}: a task's title.</summary>
    public required string AlreadyThere { get; init; }

    /// <summary>{0}: a task's title, which undo has changed back.</summary>
    public required string ChangedBack { get; init; }

    /// <summary>{0}: what would be changed.</summary>
    public required string Confirm { get; init; }

    public required string NothingChanged { get; init; }

    /// <summary>{0}: a name.</summary>
    public required string WhichPerson { get; init; }

    /// <summary>{0}: a name.</summary>
    public required string NoSuchPerson { get; init; }

    public required string NothingToUndo { get; init; }

    /// <summary>{0}: a member's name; {1}: a task with its due date, or nothing above several.</summary>
    public required string AsksYou { get; init; }

    /// <summary>{0}: a member's name; {1}: titles of tasks.</summary>
    public required string HasDone { get; init; }

    public required string Muted { get; init; }

    public required string Unmuted { get; init; }

    /// <summary>{0}: a time of day.</summary>
    public required string DigestOn { get; init; }

    public required string DigestOff { get; init; }

    /// <summary>{0}: titles of tasks.</summary>
    public required string DoneYesterday { get; init; }

    /// <summary>{0}: a task with its due date, or nothing above several; likewise of the next.</summary>
    public required string Reminder { get; init; }

    public required string LateReminder { get; init; }

    /// <inheritdoc cref="CommandWords"/>
    public required CommandWords Commands { get; init; }
}

/// <summary>Whole messages that are commands; how they are written (case, accents, punctuation) does not matter.</summary>
public sealed class CommandWords
{
    public required IReadOnlyList<string> List { get; init; }

    public required IReadOnlyList<string> ListToday { get; init; }

    public required IReadOnlyList<string> ListDone { get; init; }

    /// <summary>The sender's own.</summary>
    public required IReadOnlyList<string> ListMine { get; init; }

    /// <summary>How one calls a list. {0}: its name.</summary>
    public required IReadOnlyList<string> ListCalls { get; init; }

    /// <summary>Shows a list. {0}: what it is called.</summary>
    public required IReadOnlyList<string> ListNamed { get; init; }

    /// <summary>Takes the completed tasks off a list. {0}: what it is called.</summary>
    public required IReadOnlyList<string> ListClear { get; init; }

    /// <summary>Alone, or before or after numbers.</summary>
    public required IReadOnlyList<string> Done { get; init; }

    /// <summary>Those of them that may also stand before the name of a task. None that could as well ask for something to be done.</summary>
    public required IReadOnlyList<string> DoneNamed { get; init; }

    public required IReadOnlyList<string> Undo { get; init; }

    /// <summary>The next page of what was shown last.</summary>
    public required IReadOnlyList<string> More { get; init; }

    /// <summary>Before numbers.</summary>
    public required IReadOnlyList<string> Delete { get; init; }

    /// <summary>Alone, or before a duration.</summary>
    public required IReadOnlyList<string> Snooze { get; init; }

    /// <summary>Units of a duration, all in minutes: "h" is 60.</summary>
    public required IReadOnlyDictionary<string, int> Minutes { get; init; }

    /// <summary>{0}: numbers; {1}: a name.</summary>
    public required IReadOnlyList<string> Assign { get; init; }

    /// <summary>The sender is not told of others' tasks any more.</summary>
    public required IReadOnlyList<string> Mute { get; init; }

    public required IReadOnlyList<string> Unmute { get; init; }

    public required IReadOnlyList<string> DigestOn { get; init; }

    /// <summary>{0}: a time of day.</summary>
    public required IReadOnlyList<string> DigestAt { get; init; }

    public required IReadOnlyList<string> DigestOff { get; init; }

    public required IReadOnlyList<string> Board { get; init; }

    /// <summary>Besides HELP and INFO, which are keywords.</summary>
    public required IReadOnlyList<string> Help { get; init; }

    /// <summary>Accepts an invitation, confirms a change, or joins again after STOP.</summary>
    public required IReadOnlyList<string> Yes { get; init; }

    /// <summary>Declines an invitation or a change.</summary>
    public required IReadOnlyList<string> No { get; init; }

    /// <summary>What may stand between numbers.</summary>
    public required IReadOnlyList<string> And { get; init; }

    /// <summary>What may stand around any command.</summary>
    public required IReadOnlyList<string> Polite { get; init; }

    /// <summary>What may stand around <see cref="Done"/> and changes nothing: "already", "it".</summary>
    public required IReadOnlyList<string> DoneFillers { get; init; }

    /// <summary>Obviously mean the keyword STOP.</summary>
    public required IReadOnlyList<string> Stop { get; init; }
}
