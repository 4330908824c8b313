"""The API of the specifications on their own stack: FastAPI, SQLModel, PyJWT, a pool of connections, one Uvicorn."""

import os
from datetime import datetime, timezone
from typing import List, Optional

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import validator
from sqlalchemy import BigInteger, Column, DateTime, Text, func
from sqlmodel import Field, Session, SQLModel, create_engine, select

SECRET = os.environ["BETTER_AUTH_SECRET"]
engine = create_engine(os.environ["DATABASE_URL"], pool_size=20, max_overflow=20)


class TaskCreate(SQLModel):
    title: str = Field(min_length=1, max_length=200)
    description: Optional[str] = None

    @validator("title")
    def title_is_not_blank(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("must not be only white space")
        return title


class TaskRead(SQLModel):
    id: int
    user_id: str
    title: str
    description: Optional[str]
    is_completed: bool
    created_at: datetime
    updated_at: datetime


class Task(SQLModel, table=True):
    __tablename__ = "tasks"

    id: Optional[int] = Field(default=None, sa_column=Column(BigInteger, primary_key=True))
    user_id: str = Field(max_length=255, index=True)
    title: str = Field(max_length=200)
    description: Optional[str] = Field(default=None, sa_column=Column(Text))
    is_completed: bool = False
    created_at: Optional[datetime] = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )
    updated_at: Optional[datetime] = Field(
        default=None, sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False)
    )


app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"], allow_credentials=True)
bearer = HTTPBearer(auto_error=False)


def get_session():
    with Session(engine) as session:
        yield session


def current_user(credentials: Optional[HTTPAuthorizationCredentials] = Depends(bearer)) -> str:
    if credentials is None:
        raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": "Bearer"})
    try:
        return jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])["sub"]
    except jwt.ExpiredSignatureError:
        raise HTTPException(401, "Token expired", {"WWW-Authenticate": "Bearer"})
    except (jwt.InvalidTokenError, KeyError):
        raise HTTPException(401, "Invalid token", {"WWW-Authenticate": "Bearer"})


def own_task(task_id: int, user_id: str, session: Session) -> Task:
    task = session.exec(select(Task).where(Task.id == task_id, Task.user_id == user_id)).first()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


@app.get("/api/tasks", response_model=List[TaskRead])
def list_tasks(user_id: str = Depends(current_user), session: Session = Depends(get_session)):
    newest_first = select(Task).where(Task.user_id == user_id).order_by(Task.created_at.desc(), Task.id.desc())
    return session.exec(newest_first).all()


@app.post("/api/tasks", response_model=TaskRead, status_code=201)
def create_task(
    data: TaskCreate, user_id: str = Depends(current_user), session: Session = Depends(get_session)
):
    task = Task(user_id=user_id, title=data.title, description=data.description)
    session.add(task)
    session.commit()
    session.refresh(task)
    return task


@app.get("/api/tasks/{task_id}", response_model=TaskRead)
def get_task(task_id: int, user_id: str = Depends(current_user), session: Session = Depends(get_session)):
    return own_task(task_id, user_id, session)


@app.patch("/api/tasks/{task_id}/complete", response_model=TaskRead)
def toggle_task(task_id: int, user_id: str = Depends(current_user), session: Session = Depends(get_session)):
    task = own_task(task_id, user_id, session)
    task.is_completed = not task.is_completed
    task.updated_at = datetime.now(timezone.utc)
    session.add(task)
    session.commit()
    session.refresh(task)
    return task
