namespace FamilyPa.Simulators.Faults;

/// <summary>See the factories of <see cref="Fault"/>. The last eight exist for <c>chat</c> only.</summary>
public enum FaultKind { Stall, Late, Cut, Status, Rubbish, Endless, Length, Drip, SchemaBreaking, Refusal, LengthStop, EmptyChoices, ContentFilter, Reasoning, TooLong, BadPicture }

/// <summary>Where the connection breaks: with nothing done, with all done but nothing said, or in the middle of the answer's body.</summary>
public enum CutPoint { BeforeEffect, AfterEffect, HalfBody }

/// <summary>Plain words, the first half of the real JSON (its effect has happened), a proxy's HTML page, or no body at all.</summary>
public enum RubbishKind { NotJson, TruncatedJson, Html, Empty }

/// <summary>Chat answers (<c>choices[0].message.content</c>) that a strict schema forbids, or allows and our own validation must catch.</summary>
public enum SchemaBreak
{
    MissingTasks, NullTasks, TasksNotAList, NotAnObject, ExtraProperty, MarkdownFence,
    EmptyTitle, HugeTitle, UnknownCategory, UnreadableDate, PastCenturyDate, ConfidenceOutOfRange, ConfidenceNotANumber, UnknownAssignee, TooManyTasks,
}
